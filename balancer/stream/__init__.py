"""What browsers and other listeners are told, as it happens."""
