"""Wave algorithms (Tel 2000, chapter 6), and broadcasts."""
