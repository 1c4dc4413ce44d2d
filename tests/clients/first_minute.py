"""The first minute of scripts that use `requests`: `first_minute.py URL`, as two of the people of the demo.

Bodies are JSON as text, for which the library names no type; the cookies of the login are handed on in a jar each time; each status is
wanted exactly.
"""

import json
import sys

import requests

BASE = sys.argv[1] + "/icws/"
ADDRESSES = ["someone@example.com"]


def connect(user):
    """Logs in, and gives what asks in the session and holds the status."""
    login = {
        "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
        "applicationName": "first minute",
        "userID": user,
        "password": "demo",
    }
    header = {"Accept-Language": "en-us"}
    connected = requests.post(BASE + "connection", headers=header, data=json.dumps(login), verify=False)
    assert "csrfToken" in connected.text, connected.text
    session = json.loads(connected.text)
    header["ININ-ICWS-CSRF-Token"] = session["csrfToken"]

    def ask(method, path, wanted, body=None):
        text = None if body is None else json.dumps(body)
        url = BASE + session["sessionId"] + path
        answer = requests.request(method, url, headers=header, cookies=connected.cookies, data=text, verify=False)
        assert answer.status_code == wanted, (method, path, answer.status_code, answer.text)
        return json.loads(answer.text) if answer.text else None

    return ask


ask = connect("admin")

# Everybody, and of each what lists of them are made of.
users = ask("GET", "/configuration/users", 200)["items"]
names = {user["configurationId"]["id"]: user["configurationId"]["displayName"] for user in users}
assert {"admin", "anna", "ben", "carl"} <= set(names), names
for name in names:
    user = ask("GET", "/configuration/users/" + name + "?select=*", 200)
    assert all(role["id"] for role in user["roles"]["effectiveValue"]), user
    assert ask("GET", "/configuration/users/" + name + "?select=workgroups", 200).keys() <= user.keys()
    licences = "licenseProperties.licenseActive,licenseProperties.additionalLicenses,licenseProperties.mediaLevel"
    ask("GET", "/configuration/users/" + name + "?select=" + licences, 200)
for group in ask("GET", "/configuration/workgroups", 200)["items"]:
    name = group["configurationId"]["id"]
    members = ask("GET", "/configuration/workgroups/" + name + "?select=members", 200)["members"]
    assert all(member["id"] in names for member in members), members

# Statuses and activations.
for status in ("At Lunch", "Available"):
    assert isinstance(ask("PUT", "/status/user-statuses/admin", 202, {"statusId": status}), dict)
    assert ask("GET", "/status/user-statuses/admin", 200)["statusId"] == status
off = {"activations": {"Support": False}}
assert isinstance(ask("PUT", "/activations/users/anna", 200, off), dict)
assert ask("GET", "/activations/users/anna", 200)["activations"]["Support"] is False

# A notification to oneself.
path = "/messaging/subscriptions/system/handler-sent-notifications"
ask("PUT", path, 204, {"headers": [{"objectId": "an object", "eventIds": ["an event"]}]})
sent = {"objectId": "an object", "eventId": "an event", "data": ["one", "two"]}
ask("POST", "/system/handler-notification", 202, sent)
kinds = {message["__type"]: message for message in ask("GET", "/messaging/messages", 200)}
heard = kinds["urn:inin.com:system:handlerSentNotificationMessage"]
assert heard["data"] == sent["data"], heard

ask("DELETE", "/connection", 204)
ask = connect("anna")

# An interaction, its attributes, and what is done with it.
content = {
    "__type": "urn:inin.com:interactions.email:emailContent",
    "sender": {"displayName": "Support", "address": "support@example.com"},
    "toRecipients": [{"displayName": "", "address": address} for address in ADDRESSES],
    "bodies": [{"body": "Hello", "bodyType": 0}, {"body": "<p>Hello</p>", "bodyType": 1}],
}
new = {"__type": "urn:inin.com:interactions.email:createEmailParameters", "emailContent": content, "workgroup": "Support"}
email = "/interactions/" + ask("POST", "/interactions", 201, new)["interactionId"]
ask("POST", email, 200, {"attributes": {"Colour": "red"}})
assert ask("GET", email + "?select=Colour,Eic_State", 200)["attributes"] == {"Colour": "red", "Eic_State": "C"}
ask("POST", email + "/hold", 200, {"on": "true"})
ask("POST", email + "/pickup", 200)
ask("POST", email + "/disconnect", 200)

# A mail in one request.
ask("POST", "/configuration/mail/send-email", 204, {"recipients": ADDRESSES, "subject": "Hello", "body": "From a script"})
assert ask("DELETE", "/connection", 204) is None
assert ask("GET", "/connection", 200)["connectionState"] == 2
print("done")
