"""The balancer's HTTP routes."""
