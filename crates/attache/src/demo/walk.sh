(
server=http://ADDRESS:PORT
jar=$(mktemp) && trap 'rm -f "$jar" logo.head' EXIT
member() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
type='Content-Type: application/vnd.inin.icws+json'

echo '1. Log in as anna: a session, a cookie, a token.'
login=$(curl -sS -c "$jar" -H "$type" -H 'Accept-Language: en-US' "$server/icws/connection" -d '{
  "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
  "applicationName": "walk", "userID": "anna", "password": "'"${ATTACHE_PASSWORD:-demo}"'"}')
session=$(echo "$login" | member sessionId)
token=$(echo "$login" | member csrfToken)
icws() { curl -sS -b "$jar" -H "$type" -H "ININ-ICWS-CSRF-Token: $token" "$@"; }
here="$server/icws/$session"
echo "   session $session"

echo '2. Subscribe to the response libraries, and read what they hold.'
icws -X PUT "$here/messaging/subscriptions/response-management"
library=$(icws "$here/messaging/messages" | sed 's/{"id"/\n&/g' | grep '"name":"Product Information"' | member url)
item=$(icws "$server$library" | sed 's/{"id"/\n&/g' | grep '"name":"Logo.png"' | member id)
echo "   library $library"
echo "   the logo is item $item"

echo '3. Begin an email of the workgroup Support, and subscribe to it.'
content='"sender": {"displayName": ""}, "subject": "Your lamp",
  "toRecipients": [{"displayName": "Kim", "address": "kim@example.org"}]'
email=$(icws "$here/interactions" -d '{
  "__type": "urn:inin.com:interactions.email:createEmailParameters",
  "workgroup": "Support", "emailContent": {'"$content"'}}' | member interactionId)
icws -X PUT "$here/messaging/subscriptions/interactions/$email/email" -d '{}'
echo "   interaction $email"

echo '4. Insert the logo from the library, inline, and write a text that shows it.'
cid=$(icws "$here/interactions/$email/email/attachments/response-management/insert" \
  -d '{"id": "'"$item"'", "isInlineAttachment": true}' | member contentId)
icws "$here/interactions/$email/email/save" -d '{"emailContent": {'"$content"',
  "bodies": [{"bodyType": 1, "body": "<p>Your lamp is on its way.</p><img src=\"cid:'"$cid"'\">"}]}}'
echo "   Content-ID $cid"

echo '5. Read the message that tells of it.'
message=$(icws "$here/messaging/messages")
echo "$message"

echo '6. Fetch the attachment.'
uri=$(echo "$message" | member downloadUri)
icws -o logo.png -D logo.head "$server$uri"
sed -n 's/^/   /p' logo.head | grep -i -e HTTP/ -e content-

echo '7. Send.'
icws -X POST -o /dev/null -w '   status %{http_code}\n' "$here/interactions/$email/email/send"
)
