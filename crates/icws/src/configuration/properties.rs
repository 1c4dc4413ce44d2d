//! The names of all properties that the contract has for the kinds of configuration objects that are served, kept or not: what a client
//! may ask for and will not get is told apart from what is no property at all.
//!
//! ICWS: `icws/(sessionId)/configuration/users/index.htm` and its siblings.

/// Of `urn:inin.com:configuration.people:user`.
#[rustfmt::skip]
pub const USER: &[&str] = &[
    "configurationId", "createdDate", "customAttributes", "lastModifiedDate", "notes", "accessControlGroupAssignment",
    "accessRights", "acdAgentGreeting", "acdAgentGreetingFile", "administrativeRights", "alias", "autoAnswerAcdInteractions",
    "autoAnswerNonAcdInteractions", "callbackEnabledWorkgroups", "clientConfigDateLastModified", "clientConfigurationTemplate",
    "clientTemplate", "cost", "defaultWorkstation", "excludeFromDirectory", "extension", "faxCapability", "homeSite",
    "interactionDisconnectedAction", "interactionOfferingAction", "interactionOfferingTimeout", "licenseProperties", "location",
    "lyncIntegrationEnabled", "lyncLineUri", "lyncOption", "lyncSipAddress", "mailboxProperties", "mwiAddress", "mwiEnabled",
    "mwiMode", "nameSpellingsAsr", "nameSpellingTts", "ntDomainUser", "outboundAni", "outlookIntegrationEnabled", "pagerActive",
    "parkedCallExtension", "parkedCallTimeout", "parkedChatExtension", "parkedChatTimeout", "parkedEmailExtension",
    "parkedEmailTimeout", "parkedGenericObjectExtension", "parkedGenericObjectTimeout", "passwordPolicies",
    "personalInformationProperties", "preferredLanguage", "roles", "securityRights", "skills", "statisticsShiftStarts", "statusText",
    "umDestination", "umRemoteOverride", "clientConfigurationProperties", "utilizations", "vniStation", "whisperToneLevel",
    "workgroups",
];

/// Of `urn:inin.com:configuration.people:role`.
#[rustfmt::skip]
pub const ROLE: &[&str] = &[
    "configurationId", "createdDate", "customAttributes", "lastModifiedDate", "notes", "accessControlGroupAssignment",
    "accessRights", "administrativeRights", "clientConfigurationTemplate", "passwordPolicies", "securityRights", "users", "workgroups",
];

/// Of `urn:inin.com:configuration.people:workgroup`.
#[rustfmt::skip]
pub const WORKGROUP: &[&str] = &[
    "configurationId", "createdDate", "customAttributes", "lastModifiedDate", "notes", "accessControlGroupAssignment",
    "accessRights", "acdDisconnectedAction", "acdIncomingAction", "acdOfferingAction", "acdSaveRepliesToSentItemsFolder",
    "acdTransferAction", "acdUseAvailablityTime", "administrativeRights", "agentScoreChange", "callbackMaxRetry",
    "callbackServiceLevelDistribution", "callbackServiceLevelTarget", "callbackSnoozeDuration", "callServiceLevelDistribution",
    "callServiceLevelTarget", "callStatisticsPeriod", "captureInRecordings", "chatServiceLevelDistribution",
    "chatServiceLevelTarget", "clientWaitTimeout", "emailServiceLevelDistribution", "emailServiceLevelTarget",
    "estimatedCallTimeInterval", "executeTransferActionOnUserTransfer", "extension", "faxCapability",
    "genericServiceLevelDistribution", "genericServiceLevelTarget", "gracePeriodBeforeNew", "hasQueue",
    "interactionDisconnectedAction", "interactionOfferingAction", "interactionOfferingTimeout", "isAcdEmailRoutingActive",
    "isActive", "isCallbackEnabled", "isExemptHeldInteractionsEnabled", "isWrapUpActive", "keypadWaitTimeout",
    "maximumChatReponseTime", "maxNumberOfExempt", "members", "membersSpanSites", "monitoredMailboxes", "nameSpellingsAsr",
    "nameSpellingTts", "noAnswerStatus", "onCallStatus", "onHoldMessage", "onHoldMusic", "operatorTarget", "parkedCallExtension",
    "parkedCallTimeout", "parkedChatExtension", "parkedChatTimeout", "parkedEmailExtension", "parkedEmailTimeout",
    "parkedGenericObjectExtension", "parkedGenericObjectTimeout", "playToExternalPartiesOnly", "preferredLanguage", "queueType",
    "recordAll", "revertToAvailableTimeout", "roles", "secureInputForms", "securityRights", "selectedTone", "skills",
    "socialConversationServiceLevelDistribution", "socialConversationServiceLevelTarget",
    "socialDirectMessageServiceLevelDistribution", "socialDirectMessageServiceLevelTarget", "statisticParameterGroup",
    "statisticsShiftStarts", "supervisors", "useRecordingTones", "useTiffForFaxes", "utilizations", "voicemailMessage",
    "workgroupMailboxProperties", "workItemServiceLevelDistribution", "workItemServiceLevelTarget", "wrapUpCodes", "wrapUpPrompt",
    "wrapUpStatus", "wrapUpTimeout",
];

/// Of `urn:inin.com:configuration.people:responseManagementDocument`.
#[rustfmt::skip]
pub const DOCUMENT: &[&str] = &[
    "configurationId", "createdDate", "customAttributes", "description", "documentDateLastModified", "lastModifiedDate", "notes",
];
