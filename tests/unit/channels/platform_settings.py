"""The settings by which each platform is switched on."""

TELEGRAM = {
    "TELEGRAM_BOT_TOKEN": "123:abcdef",
    "TELEGRAM_WEBHOOK_SECRET": "secret-1",
    "PUBLIC_URL": "https://a.example",
}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "signing"}
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token-1",
    "TWILIO_NUMBER": "+15005550006",
    "TWILIO_WHATSAPP_NUMBER": "+15005550007",
    "PUBLIC_URL": "https://a.example",
}
MESSENGER = {"MESSENGER_PAGE_TOKEN": "page", "MESSENGER_APP_SECRET": "app-1", "MESSENGER_VERIFY_TOKEN": "verify"}
MATTERMOST = {
    "MATTERMOST_URL": "https://chat.example",
    "MATTERMOST_BOT_TOKEN": "bot-1",
    "MATTERMOST_WEBHOOK_TOKEN": "hook-1",
    "PUBLIC_URL": "https://a.example",
}
ROCKETCHAT = {
    "ROCKETCHAT_URL": "https://chat.example",
    "ROCKETCHAT_USER_ID": "user-1",
    "ROCKETCHAT_AUTH_TOKEN": "auth-1",
    "ROCKETCHAT_WEBHOOK_TOKEN": "hook-1",
}
WEBEX = {"WEBEX_BOT_TOKEN": "bot-1", "WEBEX_WEBHOOK_SECRET": "hook-1"}
BOTFRAMEWORK = {"BOTFRAMEWORK_APP_ID": "app-1", "BOTFRAMEWORK_APP_PASSWORD": "password-1"}
GOOGLE_CHAT = {"GOOGLE_CHAT_PROJECT_NUMBER": "12345"}
CALLBACK = {"CALLBACK_URL": "https://program.example/answers", "CALLBACK_TOKEN": "token-1"}
