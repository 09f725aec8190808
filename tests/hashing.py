"""Passwords of tests: argon2id still, but as cheap as it goes."""

from nastavnik.core.passwords import Argon2idHasher


class CheapHasher(Argon2idHasher):
    time_cost, memory_cost = 1, 8
