"""A FastAPI app with the service in it. Run it with: MEDIA=/srv/media uvicorn fastapi_app:app"""

import os

from fastapi import FastAPI

from reshelve.service.asgi_app import create_app
from schemas import GREETING

app = FastAPI()


@app.get("/api/hello")
def hello() -> str:
    return GREETING


# Mounted last: /api/files/…, and beside it /api/jobs/ID/complete and /api/jobs/ID/files. What stands above goes first.
app.mount("/api", create_app(os.environ["MEDIA"], prefix="/files", authorize=lambda request: request.headers.get("x-user")))
