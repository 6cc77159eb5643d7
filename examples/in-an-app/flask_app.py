"""A Flask app with the service in it. Run it with: MEDIA=/srv/media flask --app flask_app run"""

import os

from a2wsgi import ASGIMiddleware
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from reshelve.service.asgi_app import create_app
from schemas import GREETING

app = Flask(__name__)
app.add_url_rule("/api/hello", view_func=lambda: GREETING)

# All of it below /api/files: /api/files/organize, /api/files/jobs/ID/complete, …
files = create_app(os.environ["MEDIA"], authorize=lambda request: request.headers.get("x-user"))
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/api/files": ASGIMiddleware(files)})
