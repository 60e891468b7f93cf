"""Taking a session along: as data that a page shows without the session, and as one HTML file."""
