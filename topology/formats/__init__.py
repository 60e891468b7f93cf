"""The file formats in which networks come from elsewhere and go elsewhere, and how one becomes a topology."""
