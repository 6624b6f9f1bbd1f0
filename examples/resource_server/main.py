"""A service that trusts Postern's access tokens. It never calls Postern for a request."""

from typing import Any

from fastapi import FastAPI

from postern_auth import Postern
from postern_auth.fastapi import CurrentUser

postern = Postern.from_env()
app = FastAPI(title="Orders")
postern.install(app)


@app.get("/api/orders")
def orders(user: CurrentUser) -> dict[str, Any]:
    """The user's orders. Who calls is in the token, and nowhere else in the request."""
    return {"user_id": user.id, "orders": []}
