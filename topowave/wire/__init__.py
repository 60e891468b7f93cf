"""How the programs of a running lab speak: frames, links that stay, problem details, the guard, limits."""
