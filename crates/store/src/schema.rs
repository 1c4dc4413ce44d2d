//! The tables as diesel sees them: one schema for both databases.

#![allow(missing_docs)]

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        folded -> Text,
        display_name -> Text,
        password -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    roles (id) {
        id -> BigInt,
        name -> Text,
        folded -> Text,
    }
}

diesel::table! {
    role_members (user_id, role_id) {
        user_id -> BigInt,
        role_id -> BigInt,
    }
}

diesel::table! {
    workgroups (id) {
        id -> BigInt,
        name -> Text,
        folded -> Text,
    }
}

diesel::table! {
    workgroup_members (user_id, workgroup_id) {
        user_id -> BigInt,
        workgroup_id -> BigInt,
        active -> Bool,
    }
}

diesel::table! {
    mailboxes (id) {
        id -> BigInt,
        address -> Text,
        folded -> Text,
        display_name -> Text,
        workgroup_id -> Nullable<BigInt>,
        user_id -> Nullable<BigInt>,
        receives -> Bool,
        sends -> Bool,
    }
}

diesel::table! {
    rights (holder_kind, holder_id, property, object) {
        holder_kind -> SmallInt,
        holder_id -> BigInt,
        property -> Text,
        object -> Text,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        user_id -> BigInt,
        cookie_hash -> Binary,
        token_hash -> Binary,
        language -> Text,
        application -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<SmallInt>,
        station -> Nullable<Text>,
    }
}

diesel::table! {
    auth_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> BigInt,
        seed -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    subscriptions (session_id, kind, subject) {
        session_id -> BigInt,
        kind -> SmallInt,
        subject -> Text,
        parameters -> Text,
    }
}

diesel::table! {
    one_shots (id) {
        id -> BigInt,
        session_id -> BigInt,
        message -> Text,
        created_at -> BigInt,
        read_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    status_messages (id) {
        id -> Text,
        folded -> Text,
        position -> Integer,
        text -> Text,
        group_tag -> Text,
        can_have_date -> Bool,
        can_have_time -> Bool,
        do_not_disturb -> Bool,
        selectable -> Bool,
        persistent -> Bool,
        forward -> Bool,
        after_call_work -> Bool,
        acd -> Bool,
        follow_up -> Bool,
    }
}

diesel::table! {
    user_statuses (user_id) {
        user_id -> BigInt,
        status_id -> Text,
        notes -> Text,
        forward_number -> Text,
        until_at -> Nullable<BigInt>,
        until_has_date -> Bool,
        until_has_time -> Bool,
        changed_at -> BigInt,
    }
}

diesel::table! {
    blobs (id) {
        id -> BigInt,
        hash -> Binary,
        size -> BigInt,
        place -> Text,
        gone -> Bool,
        referenced_at -> BigInt,
    }
}

diesel::table! {
    libraries (id) {
        id -> Binary,
        owner_id -> Nullable<BigInt>,
        name -> Text,
        document_id -> BigInt,
        cache_tag -> Text,
        created_at -> BigInt,
        modified_at -> BigInt,
    }
}

diesel::table! {
    library_items (id) {
        id -> Binary,
        library_id -> Binary,
        kind -> SmallInt,
        blob_id -> Nullable<BigInt>,
        file_name -> Nullable<Text>,
        media_type -> Nullable<Text>,
    }
}

diesel::table! {
    library_files (library_id, key) {
        library_id -> Binary,
        key -> Text,
        blob_id -> BigInt,
        file_name -> Text,
        media_type -> Text,
        kept_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    interactions (id) {
        id -> BigInt,
        kind -> SmallInt,
        direction -> SmallInt,
        state -> Text,
        user_id -> Nullable<BigInt>,
        workgroup_id -> Nullable<BigInt>,
        mailbox_id -> Nullable<BigInt>,
        parent_id -> Nullable<BigInt>,
        email_type -> SmallInt,
        edited -> Bool,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        sent_at -> Nullable<BigInt>,
        revision -> BigInt,
        next_attachment -> BigInt,
        attachment_count -> BigInt,
        attachment_bytes -> BigInt,
        has_free_names -> Bool,
        queued_at -> Nullable<BigInt>,
        connected_at -> Nullable<BigInt>,
        left_at -> Nullable<BigInt>,
        private -> Bool,
    }
}

diesel::table! {
    email_contents (interaction_id) {
        interaction_id -> BigInt,
        conversation_id -> Text,
        subject -> Text,
        recipients -> Text,
        bodies -> Text,
    }
}

diesel::table! {
    interaction_attributes (interaction_id, folded) {
        interaction_id -> BigInt,
        folded -> Text,
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    wrap_ups (interaction_id, number) {
        interaction_id -> BigInt,
        number -> BigInt,
        segment -> Integer,
        code -> Text,
        user_id -> BigInt,
        source_interaction_id -> BigInt,
        assigned_at -> BigInt,
    }
}

diesel::table! {
    attachments (interaction_id, number) {
        interaction_id -> BigInt,
        number -> BigInt,
        wanted -> Text,
        ordinal -> Integer,
        blob_id -> BigInt,
        size -> BigInt,
        media_type -> Text,
        content_id -> Nullable<Text>,
    }
}

diesel::table! {
    free_names (interaction_id, wanted, first) {
        interaction_id -> BigInt,
        wanted -> Text,
        first -> Integer,
        last -> Integer,
    }
}

diesel::table! {
    uploads (token_hash) {
        token_hash -> Binary,
        session_id -> BigInt,
        interaction_id -> BigInt,
        request_id -> Text,
        file_name -> Text,
        content_id -> Nullable<Text>,
        expires_at -> BigInt,
        number -> Nullable<BigInt>,
    }
}

diesel::table! {
    incoming_mail (interaction_id) {
        interaction_id -> BigInt,
        workgroup_id -> BigInt,
        identity -> Binary,
        blob_id -> BigInt,
        received_at -> BigInt,
        importance -> SmallInt,
    }
}

diesel::table! {
    email_threads (interaction_id) {
        interaction_id -> BigInt,
        message_id -> Nullable<Text>,
        in_reply_to -> Nullable<Text>,
        thread -> Text,
    }
}

diesel::table! {
    message_ids (hash, interaction_id) {
        hash -> Binary,
        interaction_id -> BigInt,
    }
}

diesel::table! {
    attached_messages (interaction_id, number) {
        interaction_id -> BigInt,
        number -> BigInt,
        inside -> Nullable<BigInt>,
        subject -> Text,
        content -> Text,
        blob_id -> Nullable<BigInt>,
        size -> BigInt,
    }
}

diesel::table! {
    attached_files (interaction_id, number) {
        interaction_id -> BigInt,
        number -> BigInt,
        message -> BigInt,
        name -> Text,
        blob_id -> BigInt,
        size -> BigInt,
        media_type -> Text,
        content_id -> Nullable<Text>,
    }
}

diesel::table! {
    correspondents (id) {
        id -> BigInt,
        address -> Text,
        folded -> Text,
        display_name -> Text,
    }
}

diesel::table! {
    address_words (word, kind, object) {
        word -> Text,
        kind -> SmallInt,
        object -> BigInt,
    }
}

diesel::table! {
    outbox (interaction_id) {
        interaction_id -> BigInt,
        message_id -> Text,
        dated_at -> BigInt,
        size -> BigInt,
    }
}

diesel::table! {
    outbox_recipients (interaction_id, number) {
        interaction_id -> BigInt,
        number -> BigInt,
        kind -> SmallInt,
        display_name -> Text,
        address -> Text,
        state -> SmallInt,
        attempts -> Integer,
        next_at -> BigInt,
        leased_by -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    nodes (id) {
        id -> BigInt,
        started_at -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    holds (id) {
        id -> BigInt,
        until_at -> BigInt,
    }
}

diesel::table! {
    arrivals (table_name) {
        table_name -> Text,
        source -> Text,
    }
}

diesel::table! {
    journal (position) {
        position -> BigInt,
        changes -> Text,
        written_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    users,
    roles,
    role_members,
    workgroups,
    workgroup_members,
    mailboxes,
    rights,
    sessions,
    auth_tokens,
    subscriptions,
    one_shots,
    status_messages,
    user_statuses,
    blobs,
    libraries,
    library_items,
    library_files,
    interactions,
    email_contents,
    interaction_attributes,
    wrap_ups,
    attachments,
    free_names,
    uploads,
    incoming_mail,
    email_threads,
    message_ids,
    attached_messages,
    attached_files,
    correspondents,
    address_words,
    outbox,
    outbox_recipients,
    nodes,
    holds,
    arrivals,
    journal,
);
