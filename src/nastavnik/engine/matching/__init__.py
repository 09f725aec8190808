"""Pairing mentors with mentees: candidates, the exact solver, the proposal with its reasons."""
