# The first minute of a Ruby program that uses `rest-client`: `first_minute.rb http://HOST:PORT`, as two of the people of the demo.
#
# The whole `Set-Cookie` line goes back as the cookie, JSON goes out labelled as whatever the library labels a string, and every answer
# that is no success is raised.

require 'json'
require 'rest_client'

server = ARGV[0]
want = ->(holds, what) { raise "not as it should be: #{what.inspect}" unless holds }

# Without a session.
version = JSON.parse(RestClient.get("#{server}/icws/connection/version"))
want.(version['majorVersion'] =~ /\A\d+\z/, version)
features = JSON.parse(RestClient.get("#{server}/icws/connection/features"))['featureInfoList']
want.(features.map { |feature| feature['featureId'] }.include?('messaging'), features)
begin
  RestClient.get("#{server}/icws/connection/features/nonsense")
  raise 'a feature that is not there'
rescue RestClient::BadRequest
  # That is how it finds a feature to be missing.
end

# Logs in; gives the session as a resource, and where it is.
connect = lambda do |user|
  login = {
    '__type' => 'urn:inin.com:connection:icAuthConnectionRequestSettings',
    :applicationName => 'first minute', :userID => user, :password => 'demo', 'x-icws' => nil
  }
  connected = RestClient.post("#{server}/icws/connection", login.to_json,
                              content_type: :json, accept: :json, 'Accept-Language' => 'en-us')
  session = JSON.parse(connected)
  cookie = connected.headers[:set_cookie][0]
  want.(cookie.end_with?('; HttpOnly'), cookie)
  own = { Cookie: cookie, 'ININ-ICWS-CSRF-Token' => session['csrfToken'] }
  address = "#{server}/icws/#{session['sessionId']}"
  [RestClient::Resource.new(address, headers: own), connected.headers[:location], own]
end
icws, location, own = connect.('admin')
get = ->(path) { JSON.parse(icws[path].get) }
put = ->(path, body) { icws[path].put(body.to_json) }
post = lambda do |path, body|
  answer = icws[path].post(body.nil? ? '' : body.to_json)
  answer == '' ? nil : JSON.parse(answer)
end

# Lists of configuration objects. The query misses an ampersand, and always has.
query = '?select=configurationId,extension&orderBy=configurationId.idrightsFilter=admin'
users = get.('/configuration/users' + query)['items'].map { |user| user['configurationId']['id'] }
want.(users == users.sort && users.include?('anna'), users)
some = get.('/configuration/users' + query + '&where=configurationId.id%20sw%20an')['items']
want.(some.map { |user| user['configurationId']['id'] } == ['anna'], some)
group = get.('/configuration/workgroups/Support?select=configurationId,members')
want.(group['members'].any?, group)

# Statuses.
all = get.('/status/status-messages')['statusMessageList'].map { |status| status['statusId'] }
mine = get.('/status/status-messages-user-access/admin')['statusMessages']
want.(mine.any? && (mine - all).empty?, mine)
put.('/status/user-statuses/admin', { statusId: mine.last })
status = get.('/status/user-statuses/admin')
want.(status['statusId'] == mine.last && status['statusChanged'] =~ /\A\d{8}T\d{6}Z\z/, status)

# Where it finds its station: below the address of its session.
station = JSON.parse(RestClient.get("#{server}#{location}/station", own))
want.(station['stationSetting'].zero?, station)
icws['/connection'].delete
icws, = connect.('anna')

# A workgroup's queue under its own name, watched by polling: each poll is a list.
queue = { queueIds: [{ queueType: 2, queueName: 'Support' }], attributeNames: %w[Eic_State eic_objecttype] }
put.('/messaging/subscriptions/queues/Support', queue)
seen = ->(kind) { get.('/messaging/messages').select { |message| message['__type'] == "urn:inin.com:#{kind}" } }
first = seen.('queues:queueContentsMessage').first
want.(first['subscriptionId'] == 'Support' && first['isDelta'] == false, first)
content = {
  '__type' => 'urn:inin.com:interactions.email:emailContent',
  sender: { displayName: 'Support', address: 'support@example.com' },
  bodies: [{ body: 'Hello', bodyType: 0 }, { body: '<p>Hello</p>', bodyType: 1 }]
}
email = {
  '__type' => 'urn:inin.com:interactions.email:createEmailParameters', emailContent: content, workgroup: 'Support'
}
id = post.('/interactions', email)['interactionId']
added = seen.('queues:queueContentsMessage').first['interactionsAdded'].find { |one| one['interactionId'] == id }
want.(added['attributes'] == { 'Eic_State' => 'C', 'eic_objecttype' => 'Email' }, added)
want.(get.('/messaging/messages') == [], 'nothing more')
want.(get.("/interactions/#{id}?select=Eic_CallId,Eic_State")['attributes'] == { 'Eic_CallId' => id, 'Eic_State' => 'C' }, id)
want.(post.("/interactions/#{id}/disconnect", nil).nil?, 'no body')
removed = seen.('queues:queueContentsMessage').first['interactionsRemoved']
want.(removed == [id], removed)

icws['/connection'].delete
begin
  get.('/messaging/messages')
  raise 'a session that has ended'
rescue RestClient::Unauthorized
  puts 'done'
end
