#!/usr/bin/python3
# os-image/host/card-registry.py LAYOUT PORT_FILE: a registry on this device alone that has one image, from its card: what Docker pulls from a registry
# it knows by the digests that other images name it by; what it loads from an archive it does not, and would download once more.
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

layout, port_file = sys.argv[1:3]
with open(os.path.join(layout, "index.json"), encoding="utf-8") as index:
    image = json.load(index)["manifests"][0]


class Card(BaseHTTPRequestHandler):
    """The reading half of the OCI distribution specification, for the repository `base`."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.answer(with_body=False)

    def do_GET(self):
        self.answer(with_body=True)

    def answer(self, with_body):
        kind, _, digest = self.path.removeprefix("/v2/base/").partition("/")
        blob = os.path.join(layout, "blobs/sha256", digest.removeprefix("sha256:"))
        if self.path == "/v2/":
            self.begin(200, "application/json", 0)
        elif kind not in ("manifests", "blobs") or not digest.removeprefix("sha256:").isalnum() or not os.path.isfile(blob):
            self.begin(404, "application/json", 0)
        else:
            self.begin(200, image["mediaType"] if kind == "manifests" else "application/octet-stream", os.path.getsize(blob), digest)
            if with_body:
                with open(blob, "rb") as content:
                    while piece := content.read(1 << 20):
                        self.wfile.write(piece)

    def begin(self, status, content_type, length, digest=None):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        if digest:
            self.send_header("Docker-Content-Digest", digest)
        self.end_headers()

    def log_message(self, *_):
        """Docker says what goes wrong."""


server = HTTPServer(("127.0.0.1", 0), Card)
with open(port_file + ".tmp", "w", encoding="ascii") as said:
    said.write(f"{server.server_port} {image['digest']}\n")
os.rename(port_file + ".tmp", port_file)
server.serve_forever()
