"""Lets schemathesis make requests from the description, as somebody of the demo who may do everything and has something to do it to.

ask.py URL FOLDER CASES SCHEMATHESIS
"""

import json
import os
import subprocess
import sys
import urllib.request

url, folder, cases, schemathesis = sys.argv[1:]
MEDIA_TYPE = "application/vnd.inin.icws+json"


def call(method, path, body=None, headers=None):
    """One request; gives the answer's headers and value."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {"Content-Type": MEDIA_TYPE, **(headers or {})}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return answer.headers, json.loads(text) if text else None


headers, login = call(
    "POST",
    "/icws/connection",
    {
        "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
        "applicationName": "requests",
        "userID": "anna",
        "password": "demo",
    },
    {"Accept-Language": "en"},
)
session = login["sessionId"]
base = f"/icws/{session}"
proof = {"Cookie": headers["Set-Cookie"].split(";")[0], "ININ-ICWS-CSRF-Token": login["csrfToken"]}


def begin():
    """The id of a new email."""
    email = {
        "__type": "urn:inin.com:interactions.email:createEmailParameters",
        "workgroup": "Support",
        "emailContent": {"sender": {"displayName": ""}, "toRecipients": [{"displayName": "", "address": "kim@example.org"}]},
    }
    return call("POST", f"{base}/interactions", email, proof)[1]["interactionId"]


def insert(email):
    """Puts a file of a library into an email, and gives the library's id."""
    call("PUT", f"{base}/messaging/subscriptions/response-management", {}, proof)
    messages = call("GET", f"{base}/messaging/messages", None, proof)[1]
    [message] = [message for message in messages if "librariesAdded" in message]
    for library in message["librariesAdded"]:
        document = call("GET", library["url"], None, proof)[1]
        for item in document.get("items", []):
            if item["type"] == 2:
                path = f"{base}/interactions/{email}/email/attachments/response-management/insert"
                call("POST", path, {"id": item["id"]}, proof)
                return library["id"]
    raise LookupError("no library has a file")


email = begin()
library = insert(email)
for kind in ["users", "roles", "workgroups"]:
    for name in ["spare", "gone"]:
        call("POST", f"{base}/configuration/{kind}", {"configurationId": {"id": name}}, proof)
documents = call("GET", f"{base}/configuration/response-management-documents", None, proof)[1]["items"]
kept, *_, removed = [id for id in (document["configurationId"]["id"] for document in documents) if id != library]

with open(f"{folder}/schemathesis.toml", "w", encoding="utf-8") as file:
    file.write(
        f"""
base-url = "{url}"
headers = {json.dumps(proof).replace('": "', '" = "')}
continue-on-failure = true
request-timeout = 30

[parameters]
"path.sessionId" = "{session}"
"path.interactionId" = "{email}"
"path.userId" = "anna"
"path.workgroupId" = "Support"
"path.libraryId" = "{library}"
"path.featureId" = "connection"
"path.number" = "1"
"path.id" = "spare"

[phases.stateful]
# The description has no links: what an operation gives another one is set above.
enabled = false

[generation]
max-examples = {cases}

[checks]
enabled = false
not_a_server_error.enabled = true
status_code_conformance.enabled = true
content_type_conformance.enabled = true
response_schema_conformance.enabled = true

# What would take away what the others work with gets something of its own.
[[operations]]
include-name-regex = "^DELETE .*/configuration/(users|roles|workgroups)/"
parameters = {{ "path.id" = "gone" }}

[[operations]]
include-path-regex = "/interactions/[^/]*/email/send$"
parameters = {{ "path.interactionId" = "{begin()}" }}

[[operations]]
include-path-regex = "/interactions/[^/]*/disconnect$"
parameters = {{ "path.interactionId" = "{begin()}" }}

[[operations]]
include-name = "GET /icws/{{sessionId}}/configuration/response-management-documents/{{id}}"
parameters = {{ "path.id" = "{kept}" }}

[[operations]]
include-name = "DELETE /icws/{{sessionId}}/configuration/response-management-documents/{{id}}"
parameters = {{ "path.id" = "{removed}" }}

# A hundred rights, all of one form, would make six thousand cases of each; the other phases are for these, too.
[[operations]]
include-name-regex = "^(POST|PUT) .*/configuration/(users|roles|workgroups)(/[^/]*)?$"
phases.coverage.enabled = false

# Failed logins are answered more slowly each time, up to half a minute, after ten for a user and fifty from an address. So these are few.
[[operations]]
include-path = "/icws/connection"
request-timeout = 60
phases.coverage.enabled = false
"""
    )

# A logout would end the session that the others work with. It is tried by hand below.
leave = ["--exclude-operation-id", "Connection.deleteConnection_delete"]
made = subprocess.run(
    [schemathesis, "--config-file", f"{folder}/schemathesis.toml", "run", f"{url}/docs/openapi.json", "--seed", "1", "--no-color", *leave],
    cwd=folder,
    check=False,
    stdout=subprocess.PIPE,
    text=True,
    env={**os.environ, "COLUMNS": "160"},
)
if made.returncode != 0:
    print(made.stdout)
    sys.exit(1)
print("    " + "\n    ".join(made.stdout[made.stdout.index("API Operations:") :].strip().splitlines()))

# The session is still good: the requests were not only refused for want of one.
call("GET", f"{base}/connection", None, proof)
call("DELETE", f"{base}/connection", None, proof)
