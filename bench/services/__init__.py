"""The measured services: how each one is run, and its requests."""

from bench.services.base import Service
from bench.services.better_auth import BetterAuth
from bench.services.fastapi_users import FastapiUsers
from bench.services.postern import Postern

SERVICES: tuple[type[Service], ...] = (Postern, FastapiUsers, BetterAuth)
