"""Agents, which run nodes on other hosts: who is alive, and what they and the orchestrator say."""
