//! What we chose where the public material is silent: a part of `docs/ICWS.md`.

/// Choices that a client's author would ask about.
pub const CHOICES: &str = "\
- A body in which an object has a member twice is refused: 400 `error.request.malformed`.
- `email/save`: a member that is absent stays as it is, an empty list clears. `send` sends what was last saved.
- What becomes of a sent email stands in two attributes of our own, which can be subscribed to: `Attache_DeliveryState` (`waiting`, `delivered`, or
  `failed` as soon as somebody will not get it) and `Attache_DeliveryError` (who has not got it and why).
- `interactions 10` promises calls and chats too; creating them answers 400 `error.request.interactions.typeNotServed`.
- Subscriptions: a repeated PUT sends a snapshot again; a DELETE of one that is not there succeeds.
- Mail that comes in: `emailType` is None, `sender` its author, `receivedTimestamp` when the last server on its way took it. HTML is told without what could run or load
  from the server that shows it. An attachment has a `contentId` if the text shows it or its author wants it shown. `messageId` of an attached message is good as long as the email.
- Replies and forwards: any email that the caller may change can be answered, one of his own, too. What is absent is filled in: subject, recipients, the quoted
  text in both forms; an empty list is a list. A message attached to the parent is taken over as an `.eml` file. `Eic_EmailChildren` has the ids of the answers with `|` between them.
- `supportedResponseTypes` is empty unless the email came in and is connected to the caller; ReplyAll is in it if there is more than one correspondent.
- `resolve-address` looks for the beginnings of words, without case and accents, in names and addresses of mailboxes, of whose they are, and of everybody mail came
  from or went to; at most 2,000 entries are looked at.
- `configuration/mail/send-email` sends by one's own mailbox, or by that of the one workgroup that one belongs to and that can send; with neither, whoever has
  `mailConfiguration` or `masterAdministrator` sends by the mailbox that was set up first. What was sent is an interaction like any other.
- A user's own mailbox is `mailboxProperties` with `emailAddress` and `displayName` (at first his own): what is absent or null stays, an empty address takes the mailbox
  from him. Mail goes out by it; mail comes in to workgroups.
- When the right to an email is lost, its subscriber gets `emailSubscriptionStateMessage` with state Faulted and, beside the contract, its `interactionId`.
- The library behind a `url` is the one of now, whatever tag the address has; only under its own tag may a client keep it.
- An attachment that is removed by its `fileUri` must be one of the interaction in the path.
- A user who never chose a status is Available since he is there. Everybody may know everybody's status. One sets one's own, and others' with the
  right `changeUserStatus` for them or `masterAdministrator`; it is set by the time of the 202. A user that is not there is 400, since the contract has no 404.
- The texts of statuses, and `statusText` of users, are in the language of the session; their ids are not.
- `loggedIn` of a status says whether the user has a session; `untilDateTime` is told and does nothing.
- A station is the name or the number that the client gives, with the kinds of interaction it declares; any is taken, and it is left with the session. Without
  one `connection/station` answers 200 with `stationSetting` 0. The first message of its subscription tells the station of now. Who logs in with
  `include=effective-station` hears of it without a subscription, the one of now first.
- A workgroup's queue has what waits in it and what is worked on for it, drafts too; what has ended leaves it at once. A user's queue has what he has; what has
  ended stays in it for the time of the setting `queue.kept`, or until it is wrapped up. The queue System of a user is the same; a station's is empty.
- One's own queue can be watched, and those of one's workgroups; others with the rights `viewUserQueue` and `viewWorkgroupQueue`. Watching none that is there to be
  seen is refused; of some of several the others are told of by `queueSubscriptionStateMessage` with state Faulted, whose `error` names them, and Normal
  if they can be seen again.
- A list of interactions that is larger than 2 MiB is told in parts: a poll has the next one, a stream all.
- A value that has more than 32 KiB as JSON is cut in messages of queues. `Eic_Capabilities` tells what the state allows, whoever asks.
- An interaction may be picked up by the members of its workgroup, by whoever has a right for one of its queues, and by the user it was handed to; picking up what one
  has already changes nothing. Who is too late hears 400 `error.request.interactions.alreadyPickedUp`.
- `target` of a transfer is the id of a user or the name of a workgroup. A user is alerted and the email stays with its workgroup; in a workgroup's queue it waits.
  Parking is the same with the state Parked, which has no end by itself. Discarding one's own draft asks for no right.
- `interaction-alerting` tells what is handed to the user and alerts: `alertAction` 1 when it comes, 2 when it is taken, goes elsewhere or ends; nothing of what
  changes between. `alertType` is 1 (User), `autoAnswer` false, `interactionType` is told in the words of `Eic_ObjectType`, `attributes` only where some were asked for, and only
  with 1. The first message has all that alerts then, and may be empty. The names may have 16 KiB in all; of values that have more than 32 KiB in all the last are cut.
- A private interaction is kept from those who may only preview it.
- Any `code` of one line without `;` and `|` is taken as a wrap-up. `Eic_WrapupConnectionSegments` has each as `segment;user;code;time`, separated by `|`. The
  `user` is the caller or somebody whom he may administer or whose queue he may see, and `sourceInteractionId` an interaction that he may see.
- A `unique-auth-token` is spent by the first login that brings it, even where its seed or its session are wrong.
- `server-info`: `acceptLanguage` is the language chosen by the header. `displayLanguage` says in which language languages are named; without it each is named in itself.
- Every licence that is asked for is granted: the server needs none.
- A handler notification reaches the sessions that listen to its object and event, spelled the same, the sender's own among them. Who listens
  no more gets none that is still on its way.
- Configuration: `rightsFilter` is `admin` (the default; of users one always sees oneself), `view` or `loggedInUser`. With `view` everybody may know of users their
  names and statuses, of workgroups one may see all but their rights, and of system libraries those one may use. A right for an object, for all of
  its kind, or `masterAdministrator` makes one its administrator.
- Configuration lists: `Range: items=0-9` counts from 0; the status is 200 and `Content-Range` tells what came; with `select` at most 200 objects do. `where` and
  `orderBy` look at every property but rights; values compare without case, and lists by the ids in them. A list's path may end in a slash.
- Inheritable properties: `effectiveValue` always, the own value with `actualValues`, the inherited one with `inheritedValues`, and where it comes from with
  `singlePropertyInheritedFrom`. Roles and workgroups inherit nothing. Only `actualValue` can be set.
- What was told of a user, a role or a workgroup can be sent back: a property that cannot be set is taken if it says what is so anyway, and `createdDate` and
  `statusText` whatever they say. Every workgroup has a queue and takes email in.
- One request changes at most 1,000 elements of a list (members, roles, workgroups, mailboxes, all objects of rights together); more is 400
  `error.request.configuration.tooManyElements`. What stays as it is does not count, except of mailboxes.
- `description` of a library is what its document says, at most 4,000 characters of it.
- A user, a workgroup or a mailbox that open interactions need is not removed: 400 `error.request.configuration.inUse`. Nobody removes himself, and only who has
  `masterAdministrator` changes who has it, or what gives it. Security and access rights are given with `canEditAccessRights`, administrative ones with
  `canEditAdministrativeRights`, and nobody gives what he does not hold, nor puts anybody into a role or a workgroup that holds it. Ids cannot be changed.
  Whoever may administer a user may set his password all the same, and so could log in as him: give `users` for those alone for whom that may be.
- A file for one's own library: `response-management/file` with a name that no file has gives an address that takes the bytes by PUT (200, no token; 404 to GET until
  then). Then an item may name it. One that no item names is forgotten after as long as unneeded bytes are kept (a day).
- Subscriptions of configuration and activations: PUT 200, DELETE 204. Objects that a subscriber may not see are left out, and told as added or removed when that
  changes; an object is told whole.
- Activations: members take part until somebody says otherwise, which is kept and told and routes nothing yet. `filter` names those whose activations are told,
  `select` those with which.
- Sessions can be watched by their users and by their stations; not by layouts, which there are none of. One sees one's own sessions and those of users whom one may
  administer or whose queue one may see. Everybody may choose every status that can be chosen.
- `contentId` of an upload that is not inline is the empty string.
- `errorCode` is sent where client authors have seen one.
- A header section that is larger than its limit is refused: 400 `error.request.headTooLarge`. Of one that is far larger nobody reads the end: the HTTP library answers 414
  or 431, or the connection is closed.
";
