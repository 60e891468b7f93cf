"""How the programs of a running lab speak: addresses, frames, links that stay, the token, limits."""
