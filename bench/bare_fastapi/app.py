"""A profile without an account: measures the time that FastAPI and uvicorn need themselves."""

from datetime import UTC, datetime

from fastapi import FastAPI
from pydantic import BaseModel


class Profile(BaseModel):
    id: int
    email: str
    name: str | None
    email_verified: bool
    created_at: datetime
    updated_at: datetime


app = FastAPI()
MADE = datetime(2026, 1, 1, tzinfo=UTC)


@app.get("/auth/profile")
async def profile() -> Profile:
    return Profile(
        id=1,
        email="person00000001@example.com",
        name=None,
        email_verified=True,
        created_at=MADE,
        updated_at=MADE,
    )
