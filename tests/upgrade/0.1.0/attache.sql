BEGIN TRANSACTION;
CREATE TABLE __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "__diesel_schema_migrations" VALUES('00000000000001','2026-11-28 16:55:37');
CREATE TABLE address_words (
    word   TEXT NOT NULL,
    kind   SMALLINT NOT NULL,
    object BIGINT   NOT NULL,
    PRIMARY KEY (word, kind, object)
) WITHOUT ROWID;
INSERT INTO "address_words" VALUES('berg',0,1);
INSERT INTO "address_words" VALUES('example',0,1);
INSERT INTO "address_words" VALUES('kim',0,1);
INSERT INTO "address_words" VALUES('kim@example.org',0,1);
INSERT INTO "address_words" VALUES('org',0,1);
INSERT INTO "address_words" VALUES('com',1,1);
INSERT INTO "address_words" VALUES('example',1,1);
INSERT INTO "address_words" VALUES('support',1,1);
INSERT INTO "address_words" VALUES('support@example.com',1,1);
CREATE TABLE arrivals (
    table_name TEXT PRIMARY KEY NOT NULL,
    source     TEXT NOT NULL
);
CREATE TABLE attached_files (
    interaction_id BIGINT NOT NULL,
    number         BIGINT NOT NULL,
    message        BIGINT NOT NULL,
    name           TEXT   NOT NULL,
    blob_id        BIGINT NOT NULL,
    size           BIGINT NOT NULL,
    media_type     TEXT   NOT NULL,
    content_id     TEXT,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;
CREATE TABLE attached_messages (
    interaction_id BIGINT NOT NULL,
    number         BIGINT NOT NULL,
    inside         BIGINT,
    subject        TEXT   NOT NULL,
    content        TEXT   NOT NULL,
    blob_id        BIGINT,
    size           BIGINT NOT NULL,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;
CREATE TABLE attachments (
    interaction_id BIGINT  NOT NULL,
    number         BIGINT  NOT NULL,
    wanted         TEXT    NOT NULL,
    ordinal        INTEGER NOT NULL,
    blob_id        BIGINT  NOT NULL,
    size           BIGINT  NOT NULL,
    media_type     TEXT    NOT NULL,
    content_id     TEXT,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;
INSERT INTO "attachments" VALUES(1000000001,1,'lamp.png',1,4,11,'image/png',NULL);
INSERT INTO "attachments" VALUES(1000000002,1,'Price list 価格.pdf',1,1,4118,'application/pdf',NULL);
INSERT INTO "attachments" VALUES(1000000003,1,'Price list 価格.pdf',1,1,4118,'application/pdf',NULL);
INSERT INTO "attachments" VALUES(1000000003,2,'own.bin',1,6,1300,'application/octet-stream',NULL);
CREATE TABLE auth_tokens (
    token_hash BLOB   PRIMARY KEY NOT NULL,
    session_id BIGINT NOT NULL,
    seed       BLOB   NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE blobs (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash          BLOB    NOT NULL UNIQUE,
    size          BIGINT  NOT NULL,
    place         TEXT    NOT NULL,
    gone          BOOLEAN NOT NULL,
    referenced_at BIGINT  NOT NULL
);
INSERT INTO "blobs" VALUES(1,X'B07D673502BF2B6AB6A3B290F48CC0AEC6DF125034D9CB63CC592461B3E0B026',4118,'b0/b07d673502bf2b6ab6a3b290f48cc0aec6df125034d9cb63cc592461b3e0b026.435752a9',0,1795884938050);
INSERT INTO "blobs" VALUES(2,X'A95B963C24FB4B2318354885E66B0B899FC16006039A630BC9255EAF3595D704',654,'a9/a95b963c24fb4b2318354885e66b0b899fc16006039a630bc9255eaf3595d704.c031ed96',0,1795884938050);
INSERT INTO "blobs" VALUES(3,X'A34E3F72F56DF800A802C2C93A23077BFAAD25799869A581749AF72725042B82',466,'a3/a34e3f72f56df800a802c2c93a23077bfaad25799869a581749af72725042b82.56ecebcb',0,1795884938234);
INSERT INTO "blobs" VALUES(4,X'F957B73A187F83EFCE33FF0367820A79F33318590406D46CF9BEB31076B5927B',11,'f9/f957b73a187f83efce33ff0367820a79f33318590406d46cf9beb31076b5927b.13057189',0,1795884938234);
INSERT INTO "blobs" VALUES(5,X'B056A8473F38A73B1F4AA22377C1026765533AB8A9AF5AC408673245CFFF1EF1',59,'b0/b056a8473f38a73b1f4aa22377c1026765533ab8a9af5ac408673245cfff1ef1.0622f8c4',0,1795884938370);
INSERT INTO "blobs" VALUES(6,X'E593A68711F80AF4752ADE9EB575CAA7CAC33E0FC345F5F767CB0DF4F20CF2D5',1300,'e5/e593a68711f80af4752ade9eb575caa7cac33e0fc345f5f767cb0df4f20cf2d5.580fd613',0,1795884938469);
CREATE TABLE correspondents (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    address      TEXT NOT NULL,
    folded       TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL
);
INSERT INTO "correspondents" VALUES(1,'kim@example.org','kim@example.org','Kim Berg');
CREATE TABLE email_contents (
    interaction_id  INTEGER PRIMARY KEY NOT NULL,
    conversation_id TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    recipients      TEXT    NOT NULL,
    bodies          TEXT    NOT NULL
);
INSERT INTO "email_contents" VALUES(1000000001,'first@example.org','A lamp','{"from":{"name":"Kim Berg","address":"kim@example.org"},"to":[{"name":"Support","address":"support@example.com"}],"cc":[],"bcc":[],"reply_to":[]}','[{"html":false,"text":"It is too grün."}]');
INSERT INTO "email_contents" VALUES(1000000002,'4ordsrls5iahfg4ffeawo5sxj44ntbvc@vm','It was sent','{"to":[{"name":"Kim Käufer","address":"kim@example.org"}],"cc":[],"bcc":[],"reply_to":[]}','[]');
INSERT INTO "email_contents" VALUES(1000000003,'p2zybahl2eq62uvttmjthw3gdiialsk2@vm','It was begun','{"to":[{"name":"Kim Käufer","address":"kim@example.org"}],"cc":[],"bcc":[],"reply_to":[]}','[]');
CREATE TABLE email_threads (
    interaction_id INTEGER PRIMARY KEY NOT NULL,
    message_id     TEXT,
    in_reply_to    TEXT,
    thread         TEXT NOT NULL
);
INSERT INTO "email_threads" VALUES(1000000001,'first@example.org',NULL,'[]');
CREATE TABLE free_names (
    interaction_id BIGINT  NOT NULL,
    wanted         TEXT    NOT NULL,
    first          INTEGER NOT NULL,
    last           INTEGER NOT NULL,
    PRIMARY KEY (interaction_id, wanted, first)
) WITHOUT ROWID;
CREATE TABLE holds (
    id       BIGINT PRIMARY KEY NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE TABLE incoming_mail (
    interaction_id INTEGER  PRIMARY KEY NOT NULL,
    workgroup_id   BIGINT   NOT NULL,
    identity       BLOB     NOT NULL,
    blob_id        BIGINT   NOT NULL,
    received_at    BIGINT   NOT NULL,
    importance     SMALLINT NOT NULL
);
INSERT INTO "incoming_mail" VALUES(1000000001,1,X'877225501BDFAEC5DB54FB8ED145917F0E535FF185553ABF915530BA352E3EBA',3,1793608200000,1);
CREATE TABLE interaction_attributes (
    interaction_id BIGINT NOT NULL,
    folded         TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    value          TEXT   NOT NULL,
    PRIMARY KEY (interaction_id, folded)
) WITHOUT ROWID;
CREATE TABLE interactions (
    id                INTEGER  PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind              SMALLINT NOT NULL,
    direction         SMALLINT NOT NULL,
    state             TEXT     NOT NULL,
    user_id           BIGINT,
    workgroup_id      BIGINT,
    mailbox_id        BIGINT,
    parent_id         BIGINT,
    email_type        SMALLINT NOT NULL,
    edited            BOOLEAN  NOT NULL,
    created_at        BIGINT   NOT NULL,
    ended_at          BIGINT,
    sent_at           BIGINT,
    revision          BIGINT   NOT NULL,
    next_attachment   BIGINT   NOT NULL,
    attachment_count  BIGINT   NOT NULL,
    attachment_bytes  BIGINT   NOT NULL,
    has_free_names    BOOLEAN  NOT NULL,
    queued_at         BIGINT,
    connected_at      BIGINT,
    left_at           BIGINT,
    private           BOOLEAN  NOT NULL DEFAULT FALSE
);
INSERT INTO "interactions" VALUES(1000000001,0,0,'O',NULL,1,1,NULL,0,0,1795884938234,NULL,NULL,2,2,1,11,0,1795884938234,NULL,NULL,0);
INSERT INTO "interactions" VALUES(1000000002,0,1,'I',1,1,1,NULL,1,0,1795884938407,1795884938420,1795884938420,1,2,1,4118,0,NULL,NULL,NULL,0);
INSERT INTO "interactions" VALUES(1000000003,0,1,'C',1,1,1,NULL,1,0,1795884938433,NULL,NULL,2,3,2,5418,0,NULL,NULL,NULL,0);
CREATE TABLE journal (
    position   INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    changes    TEXT    NOT NULL,
    written_at BIGINT  NOT NULL
);
INSERT INTO "journal" VALUES(1,'["people"]',1795884937809);
INSERT INTO "journal" VALUES(2,'["people"]',1795884937846);
INSERT INTO "journal" VALUES(3,'["people"]',1795884937867);
INSERT INTO "journal" VALUES(4,'["people"]',1795884937917);
INSERT INTO "journal" VALUES(5,'["people"]',1795884937954);
INSERT INTO "journal" VALUES(6,'["people"]',1795884938003);
INSERT INTO "journal" VALUES(7,'[{"library":"473e7161-5d71-44e6-ad07-8f8cfa551bac"}]',1795884938052);
INSERT INTO "journal" VALUES(8,'["people"]',1795884938093);
INSERT INTO "journal" VALUES(9,'["people"]',1795884938130);
INSERT INTO "journal" VALUES(10,'["people"]',1795884938167);
INSERT INTO "journal" VALUES(11,'["people"]',1795884938207);
INSERT INTO "journal" VALUES(12,'[{"interaction":{"id":1000000001,"members":2,"attributes":["eic_state","eic_callstatestring","eic_capabilities","eic_username","eic_workgroupname","eic_connecttime","eic_answertime","eic_connectdurationtime","eic_linequeuetimestamp"],"queues":[null,1],"before":[null,null]}}]',1795884938237);
INSERT INTO "journal" VALUES(13,'[{"library":"87492d3c-fb9c-45c2-a554-d8e060c32c13"}]',1795884938371);
INSERT INTO "journal" VALUES(14,'[{"userStatus":1}]',1795884938380);
INSERT INTO "journal" VALUES(15,'[{"subscribed":[1813887546,3,""]}]',1795884938389);
INSERT INTO "journal" VALUES(16,'[{"subscribed":[1813887546,4,"support"]}]',1795884938393);
INSERT INTO "journal" VALUES(17,'[{"interaction":{"id":1000000002,"queues":[1,1],"before":[null,null]}}]',1795884938410);
INSERT INTO "journal" VALUES(18,'[{"interaction":{"id":1000000002,"members":1,"attributes":["eic_emailattachments"],"queues":[1,1]}}]',1795884938413);
INSERT INTO "journal" VALUES(19,'[{"interaction":{"id":1000000002,"members":2,"attributes":["eic_state","eic_callstatestring","eic_capabilities","eic_terminationtime","eic_connectdurationtime","attache_deliverystate","attache_deliveryerror"],"queues":[1,null],"before":[1,1]}},"outbox"]',1795884938424);
INSERT INTO "journal" VALUES(20,'[{"interaction":{"id":1000000003,"queues":[1,1],"before":[null,null]}}]',1795884938438);
INSERT INTO "journal" VALUES(21,'[{"interaction":{"id":1000000003,"members":1,"attributes":["eic_emailattachments"],"queues":[1,1]}}]',1795884938441);
INSERT INTO "journal" VALUES(22,'[{"interaction":{"id":1000000002,"attributes":["attache_deliverystate","attache_deliveryerror"],"queues":[1,null]}}]',1795884938442);
INSERT INTO "journal" VALUES(23,'[{"interaction":{"id":1000000003,"members":1,"attributes":["eic_emailattachments"],"queues":[1,1]}},{"oneShot":1813887546}]',1795884938470);
INSERT INTO "journal" VALUES(24,'[{"subscribed":[1813887546,2,"1000000003"]}]',1795884938478);
INSERT INTO "journal" VALUES(25,'[{"userStatus":1},{"oneShot":1813887546}]',1795884938480);
CREATE TABLE libraries (
    id          BLOB   PRIMARY KEY NOT NULL,
    owner_id    BIGINT UNIQUE,
    name        TEXT   NOT NULL,
    document_id BIGINT NOT NULL,
    cache_tag   TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO "libraries" VALUES(X'473E71615D7144E6AD078F8CFA551BAC',NULL,'Approved',2,'a95b963c24fb4b2318354885e66b0b899fc16006039a630bc9255eaf3595d704',1795884938050,1795884938050);
INSERT INTO "libraries" VALUES(X'87492D3CFB9C45C2A554D8E060C32C13',1,'anna',5,'b056a8473f38a73b1f4aa22377c1026765533ab8a9af5ac408673245cfff1ef1',1795884938370,1795884938370);
CREATE TABLE library_files (
    library_id BLOB   NOT NULL,
    key        TEXT   NOT NULL,
    blob_id    BIGINT NOT NULL,
    file_name  TEXT   NOT NULL,
    media_type TEXT   NOT NULL,
    kept_until BIGINT,
    PRIMARY KEY (library_id, key)
) WITHOUT ROWID;
INSERT INTO "library_files" VALUES(X'473E71615D7144E6AD078F8CFA551BAC','27c8e813-b37d-5bf2-b616-143cbf04e148/Price list 価格.pdf',1,'Price list 価格.pdf','application/pdf',NULL);
CREATE TABLE library_items (
    id         BLOB     PRIMARY KEY NOT NULL,
    library_id BLOB     NOT NULL,
    kind       SMALLINT NOT NULL,
    blob_id    BIGINT,
    file_name  TEXT,
    media_type TEXT
) WITHOUT ROWID;
INSERT INTO "library_items" VALUES(X'27C8E813B37D5BF2B616143CBF04E148',X'473E71615D7144E6AD078F8CFA551BAC',2,1,'Price list 価格.pdf','application/pdf');
INSERT INTO "library_items" VALUES(X'3BC3512F2A6458CD829B30C376B51FE9',X'473E71615D7144E6AD078F8CFA551BAC',0,NULL,NULL,NULL);
INSERT INTO "library_items" VALUES(X'43DEE8DFC038593C96B90086EE6C30D2',X'473E71615D7144E6AD078F8CFA551BAC',1,NULL,NULL,NULL);
INSERT INTO "library_items" VALUES(X'C9D5A4D2B526585C8318418536160E86',X'473E71615D7144E6AD078F8CFA551BAC',0,NULL,NULL,NULL);
CREATE TABLE mailboxes (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    address      TEXT    NOT NULL,
    folded       TEXT    NOT NULL UNIQUE,
    display_name TEXT    NOT NULL,
    workgroup_id BIGINT,
    user_id      BIGINT,
    receives     BOOLEAN NOT NULL,
    sends        BOOLEAN NOT NULL
);
INSERT INTO "mailboxes" VALUES(1,'support@example.com','support@example.com','Support',1,NULL,1,1);
CREATE TABLE message_ids (
    hash           BLOB   NOT NULL,
    interaction_id BIGINT NOT NULL,
    PRIMARY KEY (hash, interaction_id)
) WITHOUT ROWID;
INSERT INTO "message_ids" VALUES(X'245069DA1BA486B708DE92BE9FF631C3F5108273B3DD97ECDDE86F865C75EA24',1000000002);
INSERT INTO "message_ids" VALUES(X'6C7D5431465577EB3E210E4C76BD742315D8CCEEDF0B051F7051ABAD1B63595B',1000000001);
CREATE TABLE nodes (
    id         BIGINT PRIMARY KEY NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE one_shots (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    session_id BIGINT  NOT NULL,
    message    TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    read_at    BIGINT
);
INSERT INTO "one_shots" VALUES(1,1813887546,'{"__type":"urn:inin.com:interactions.email:emailUploadFileStatusMessage","requestId":"f6b035a7-d8c4-4ead-9637-0b4a62a355d2","error":null,"interactionId":"1000000003","fileName":"own.bin","uploadSuccess":true,"isDelta":false}',1795884938469,NULL);
INSERT INTO "one_shots" VALUES(2,1813887546,'{"__type":"urn:inin.com:messaging:asyncOperationCompletedMessage","requestId":"0ea0ed22-b9eb-4222-8db5-d8ab8850fa65","error":null,"isDelta":false}',1795884938480,NULL);
CREATE TABLE outbox (
    interaction_id INTEGER PRIMARY KEY NOT NULL,
    message_id     TEXT    NOT NULL,
    dated_at       BIGINT  NOT NULL,
    size           BIGINT  NOT NULL
);
INSERT INTO "outbox" VALUES(1000000002,'f6h4i2ycem57ge373sjxljf4blo55eyy@vm',1795884938414,6314);
CREATE TABLE outbox_recipients (
    interaction_id BIGINT   NOT NULL,
    number         BIGINT   NOT NULL,
    kind           SMALLINT NOT NULL,
    display_name   TEXT     NOT NULL,
    address        TEXT     NOT NULL,
    state          SMALLINT NOT NULL,
    attempts       INTEGER  NOT NULL,
    next_at        BIGINT   NOT NULL,
    leased_by      BIGINT,
    last_error     TEXT,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;
INSERT INTO "outbox_recipients" VALUES(1000000002,0,0,'Kim Käufer','kim@example.org',1,1,1795884938420,NULL,NULL);
CREATE TABLE rights (
    holder_kind SMALLINT NOT NULL,
    holder_id   BIGINT   NOT NULL,
    property    TEXT     NOT NULL,
    object      TEXT     NOT NULL,
    PRIMARY KEY (holder_kind, holder_id, property, object)
) WITHOUT ROWID;
INSERT INTO "rights" VALUES(0,1,'allowResponseManagement','*');
INSERT INTO "rights" VALUES(0,1,'canPickupInteractions','*');
INSERT INTO "rights" VALUES(2,1,'modifyInteractions','*');
INSERT INTO "rights" VALUES(2,1,'responseManagementDocuments','473e7161-5d71-44e6-ad07-8f8cfa551bac');
CREATE TABLE role_members (
    user_id BIGINT NOT NULL,
    role_id BIGINT NOT NULL,
    PRIMARY KEY (user_id, role_id)
) WITHOUT ROWID;
INSERT INTO "role_members" VALUES(1,1);
CREATE TABLE roles (
    id     INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name   TEXT    NOT NULL,
    folded TEXT    NOT NULL UNIQUE
);
INSERT INTO "roles" VALUES(1,'Agent','agent');
CREATE TABLE sessions (
    id          INTEGER PRIMARY KEY NOT NULL,
    user_id     BIGINT NOT NULL,
    cookie_hash BLOB   NOT NULL,
    token_hash  BLOB   NOT NULL,
    language    TEXT   NOT NULL,
    application TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    ended_at    BIGINT,
    end_reason  SMALLINT,
    station     TEXT
);
INSERT INTO "sessions" VALUES(1813887546,1,X'C1296D68F166C3D47BA028233C39082771E63CC14C243DEDE4F53D1DD6BF7FC5',X'1D6301BE2D848A6D00173557B9EDF5AD7B634B66877A161EC4122EEE59FA5475','de-DE','upgrade',1795884938377,1795884938377,NULL,NULL,NULL);
CREATE TABLE status_messages (
    id              TEXT    PRIMARY KEY NOT NULL,
    folded          TEXT    NOT NULL UNIQUE,
    position        INTEGER NOT NULL,
    text            TEXT    NOT NULL,
    group_tag       TEXT    NOT NULL,
    can_have_date   BOOLEAN NOT NULL,
    can_have_time   BOOLEAN NOT NULL,
    do_not_disturb  BOOLEAN NOT NULL,
    selectable      BOOLEAN NOT NULL,
    persistent      BOOLEAN NOT NULL,
    forward         BOOLEAN NOT NULL,
    after_call_work BOOLEAN NOT NULL,
    acd             BOOLEAN NOT NULL,
    follow_up       BOOLEAN NOT NULL
) WITHOUT ROWID;
INSERT INTO "status_messages" VALUES('ACD - Agent Not Answering','acd - agent not answering',14,'ACD - Agent Not Answering','Busy',0,0,1,0,0,0,0,0,0);
INSERT INTO "status_messages" VALUES('At Lunch','at lunch',4,'At Lunch','Away',0,1,1,1,0,0,0,0,0);
INSERT INTO "status_messages" VALUES('At a training session','at a training session',7,'At a training session','Away',1,1,1,1,0,0,0,0,0);
INSERT INTO "status_messages" VALUES('Available','available',1,'Available','Available',0,0,0,1,0,0,0,1,1);
INSERT INTO "status_messages" VALUES('Available, Forward','available, forward',3,'Available, Forward','Available',0,0,0,1,1,1,0,0,0);
INSERT INTO "status_messages" VALUES('Available, No ACD','available, no acd',2,'Available, No ACD','Available',0,0,0,1,0,0,0,0,0);
INSERT INTO "status_messages" VALUES('Away from desk','away from desk',5,'Away from desk','Away',0,1,1,1,0,0,0,0,0);
INSERT INTO "status_messages" VALUES('Do Not disturb','do not disturb',8,'Do Not disturb','Busy',0,1,1,1,0,0,0,0,0);
INSERT INTO "status_messages" VALUES('Follow Up','follow up',9,'Follow Up','Busy',0,0,1,1,0,0,1,0,0);
INSERT INTO "status_messages" VALUES('Gone Home','gone home',13,'Gone Home','Gone',1,1,1,1,1,0,0,0,0);
INSERT INTO "status_messages" VALUES('In a meeting','in a meeting',6,'In a meeting','Away',1,1,1,1,0,0,0,0,0);
INSERT INTO "status_messages" VALUES('On vacation','on vacation',12,'On vacation','Gone',1,1,1,1,1,0,0,0,0);
INSERT INTO "status_messages" VALUES('Out of the office','out of the office',11,'Out of the office','Gone',1,1,1,1,1,0,0,0,0);
INSERT INTO "status_messages" VALUES('Working at home','working at home',10,'Working at home','Available',0,0,0,1,1,0,0,0,0);
CREATE TABLE subscriptions (
    session_id BIGINT   NOT NULL,
    kind       SMALLINT NOT NULL,
    subject    TEXT     NOT NULL,
    parameters TEXT     NOT NULL,
    PRIMARY KEY (session_id, kind, subject)
) WITHOUT ROWID;
INSERT INTO "subscriptions" VALUES(1813887546,2,'1000000003','[]');
INSERT INTO "subscriptions" VALUES(1813887546,3,'','[]');
INSERT INTO "subscriptions" VALUES(1813887546,4,'support','{"queues":[[2,"Support"]],"attributes":["Eic_State"]}');
CREATE TABLE uploads (
    token_hash     BLOB   PRIMARY KEY NOT NULL,
    session_id     BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    request_id     TEXT   NOT NULL,
    file_name      TEXT   NOT NULL,
    content_id     TEXT,
    expires_at     BIGINT NOT NULL,
    number         BIGINT
) WITHOUT ROWID;
INSERT INTO "uploads" VALUES(X'9586D68D29B80D9E5E820A7660D72EB75FBC1A48B92FCE5593945ED81C036C46',1813887546,1000000003,'f6b035a7-d8c4-4ead-9637-0b4a62a355d2','own.bin',NULL,9223372036854775807,2);
CREATE TABLE user_statuses (
    user_id        INTEGER PRIMARY KEY NOT NULL,
    status_id      TEXT    NOT NULL,
    notes          TEXT    NOT NULL,
    forward_number TEXT    NOT NULL,
    until_at       BIGINT,
    until_has_date BOOLEAN NOT NULL,
    until_has_time BOOLEAN NOT NULL,
    changed_at     BIGINT  NOT NULL
);
INSERT INTO "user_statuses" VALUES(1,'At Lunch','','',NULL,0,0,1795884938480);
CREATE TABLE users (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name         TEXT    NOT NULL,
    folded       TEXT    NOT NULL UNIQUE,
    display_name TEXT    NOT NULL,
    password     TEXT,
    created_at   BIGINT  NOT NULL
);
INSERT INTO "users" VALUES(1,'anna','anna','Anna Lindqvist','$argon2id$v=19$m=19456,t=2,p=1$Nu9SlqCVlZ+4tVQnoWFOBA$0stv/hqQmcj7tmyAP3b68QorDGUFtES3xjTYUG/4W3I',1795884937808);
INSERT INTO "users" VALUES(2,'ben','ben','ben','$argon2id$v=19$m=19456,t=2,p=1$Ee13WANvg/8j2RbDZNGI3w$4R9Ifff8WqebPjA3CEgg8NIcez97vesZrOSjZL19Dk4',1795884937846);
CREATE TABLE workgroup_members (
    user_id      BIGINT  NOT NULL,
    workgroup_id BIGINT  NOT NULL,
    active       BOOLEAN NOT NULL DEFAULT TRUE,
    PRIMARY KEY (user_id, workgroup_id)
) WITHOUT ROWID;
INSERT INTO "workgroup_members" VALUES(1,1,1);
CREATE TABLE workgroups (
    id     INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name   TEXT    NOT NULL,
    folded TEXT    NOT NULL UNIQUE
);
INSERT INTO "workgroups" VALUES(1,'Support','support');
CREATE TABLE wrap_ups (
    interaction_id        BIGINT  NOT NULL,
    number                BIGINT  NOT NULL,
    segment               INTEGER NOT NULL,
    code                  TEXT    NOT NULL,
    user_id               BIGINT  NOT NULL,
    source_interaction_id BIGINT  NOT NULL,
    assigned_at           BIGINT  NOT NULL,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;
CREATE INDEX sessions_by_end ON sessions (ended_at, seen_at);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX subscriptions_by_kind ON subscriptions (kind);
CREATE INDEX one_shots_by_session ON one_shots (session_id, id);
CREATE UNIQUE INDEX blobs_by_place ON blobs (place);
CREATE INDEX library_items_by_library ON library_items (library_id);
CREATE INDEX library_files_by_key ON library_files (key);
CREATE INDEX library_files_kept ON library_files (kept_until) WHERE kept_until IS NOT NULL;
CREATE INDEX interactions_by_user ON interactions (user_id, id) WHERE left_at IS NULL;
CREATE INDEX interactions_by_workgroup ON interactions (workgroup_id, id) WHERE ended_at IS NULL;
CREATE INDEX interactions_to_leave ON interactions (ended_at) WHERE left_at IS NULL AND ended_at IS NOT NULL;
CREATE INDEX interactions_by_parent ON interactions (parent_id) WHERE parent_id IS NOT NULL;
CREATE UNIQUE INDEX attachments_by_name ON attachments (interaction_id, wanted, ordinal);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
CREATE INDEX uploads_by_session ON uploads (session_id);
CREATE UNIQUE INDEX incoming_mail_by_identity ON incoming_mail (workgroup_id, identity);
CREATE INDEX address_words_by_object ON address_words (kind, object);
CREATE INDEX outbox_recipients_due ON outbox_recipients (state, next_at);
CREATE INDEX outbox_recipients_leased ON outbox_recipients (leased_by) WHERE leased_by IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('interactions',1000000003);
INSERT INTO "sqlite_sequence" VALUES('users',2);
INSERT INTO "sqlite_sequence" VALUES('journal',25);
INSERT INTO "sqlite_sequence" VALUES('roles',1);
INSERT INTO "sqlite_sequence" VALUES('workgroups',1);
INSERT INTO "sqlite_sequence" VALUES('mailboxes',1);
INSERT INTO "sqlite_sequence" VALUES('blobs',6);
INSERT INTO "sqlite_sequence" VALUES('correspondents',1);
INSERT INTO "sqlite_sequence" VALUES('one_shots',2);
COMMIT;
