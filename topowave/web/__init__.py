"""How a server is run: who may ask it, what it answers to a mistake, and what of uvicorn is replaced."""
