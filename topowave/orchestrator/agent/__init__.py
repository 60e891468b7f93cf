"""An agent: keeps processes of a lab alive on a host that is not the lab's own, as its balancer says."""

from topowave.orchestrator.agent.agent import run_agent
from topowave.orchestrator.agent.spec import AgentSpec

__all__ = ["AgentSpec", "run_agent"]
