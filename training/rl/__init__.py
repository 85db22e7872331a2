"""Reinforcement: rewards, rollouts, the server beside it."""
