"""Election of a leader (Tel 2000, chapter 7)."""
