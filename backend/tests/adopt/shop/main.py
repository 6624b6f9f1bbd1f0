"""A shop that exists: what the guides change."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="Shop")


class Order(BaseModel):
    id: int
    user_id: int
    item: str


ORDERS = [Order(id=1, user_id=1, item="Lantern"), Order(id=2, user_id=2, item="Rope")]


@app.get("/orders")
def orders() -> list[Order]:
    return ORDERS
