"""Requests as a connector sends them to each platform, and the parts that they are made of."""

import requests

PERSON = {"telegram": "5550101", "slack": "U0ALEX0001", "twilio": "+12025550101", "messenger": "7712345678901234"}
PLATFORMS = list(PERSON)
PICTURE = "https://assistant.example/knee.png"


def to_telegram(one, method="sendMessage", token=None, **parameters):
    if method.startswith("send"):
        parameters = {"chat_id": int(PERSON["telegram"]), **parameters}
    return requests.post(f"{one.base}/bot{token or one.token}/{method}", json=parameters, timeout=5)


def to_slack(one, method="chat.postMessage", token=None, **arguments):
    if method == "chat.postMessage":
        arguments = {"channel": one.address_of(PERSON["slack"]), **arguments}
    headers = {"Authorization": f"Bearer {token or one.token}"}
    return requests.post(f"{one.base}/{method}", json=arguments, headers=headers, timeout=5)


def to_twilio(one, token=None, **fields):
    address = f"{one.base}/2010-04-01/Accounts/{one.account}/Messages.json"
    data = {"To": PERSON["twilio"], "From": one.number, **fields}
    return requests.post(address, data=data, auth=(one.account, token or one.token), timeout=5)


def to_messenger(one, token=None, version="v19.0", **parameters):
    body = {"recipient": {"id": PERSON["messenger"]}, **parameters}
    if "message" in body:
        body = {"messaging_type": "RESPONSE", **body}
    address = f"{one.base}/{version}/me/messages"
    return requests.post(address, json=body, params={"access_token": token or one.token}, timeout=5)


def say(fakes, platform, text):
    return {
        "telegram": lambda: to_telegram(fakes.telegram, text=text),
        "slack": lambda: to_slack(fakes.slack, text=text),
        "twilio": lambda: to_twilio(fakes.twilio, Body=text),
        "messenger": lambda: to_messenger(fakes.messenger, message={"text": text}),
    }[platform]()


def keyboard(*buttons):
    return {"inline_keyboard": [[button] for button in buttons]}


def button(title="Yes", **more):
    return {"type": "button", "text": {"type": "plain_text", "text": title}, **more}


def section(text="Does it hurt?", kind="mrkdwn"):
    return {"type": "section", "text": {"type": kind, "text": text}}


def actions(*buttons):
    return {"type": "actions", "elements": list(buttons)}


def quick(title="Yes", payload="a1", **more):
    return {"content_type": "text", "title": title, "payload": payload, **more}


def template(text="Does it hurt?", buttons=1, title="Yes"):
    below = [{"type": "postback", "title": title, "payload": f"a{number}"} for number in range(buttons)]
    payload = {"template_type": "button", "text": text, "buttons": below}
    return {"attachment": {"type": "template", "payload": payload}}
