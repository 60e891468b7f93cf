"""A node's neighbours, those who are none, and how frames reach them."""
