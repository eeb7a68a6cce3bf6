import type { ComponentChildren } from "preact";
import { pluralOf } from "./plural.ts";

/** A part of a text that is not text alone: a name, a time. */
type Part = ComponentChildren;

const many = pluralOf("en");

/** The texts of the page. English is the source: each other language has the same, or `npm run check` fails. */
export const en = {
  brand: "Volume handoff",
  skip: "Skip to content",
  loading: "Loading",
  tryAgain: "Try again",
  stale: "The service does not answer, so this page may be out of date. It tries again by itself.",
  close: "Close",
  cancel: "Cancel",
  optional: (label: string) => `${label} (optional)`,
  previous: "Previous",
  next: "Next",
  pagesOf: (items: string) => `Pages of ${items}`,
  action: "Action",
  none: "None",

  account: {
    projectId: "ID of the project",
    userInProject: (user: Part, project: Part) => (
      <>
        {user} in project {project}
      </>
    ),
    changeProject: "Change project",
    changeRegion: "Change region",
    region: (region: Part) => <>Region {region}</>,
    signOut: "Sign out",
    development: "For development only: this service does not check who you are.",
    signInLasts: (time: string) =>
      `You are signed out of this browser. A copy of your sign-in, if there is one, stays valid until ${time}.`,
    changedElsewhere: (user: Part, project: Part | undefined) => (
      <>
        In another tab you have become another user, or changed the project. This tab shows {user}
        {project !== undefined && <> in project {project}</>}, and can do nothing.
      </>
    ),
    showCurrent: "Show what you are now",
    ended: "Your session has ended. Sign in to continue.",
    endedSignInAgain: "Your session has ended. Sign in again.",
  },

  views: {
    label: "Views",
    volumes: "Volumes",
    offers: "Open offers",
    receive: "Receive",
    history: "History",
  },
  offersForYou: (count: number) => many(count, { one: "# offer for you", other: "# offers for you" }),

  footer: {
    label: "About this service",
    documentation: "Documentation",
    api: "API",
    version: (version: string) => `Version ${version}`,
  },

  signIn: {
    title: "Sign in",
    submit: "Sign in",
    offered: "Somebody offers you a volume. Sign in to see it. Nothing has happened yet.",
    intro: "Give a volume, a disk in your cloud, to another project, or take one that is offered to you.",
    notConfigured: (variable: Part) => (
      <>Sign-in is not configured. The operator of this service sets {variable}.</>
    ),
    provider: "You sign in on the page of your organisation, and come back here.",
    development:
      "For development only: this service does not check who you are. Everybody who reaches it can take any project.",
    user: "User",
    project: "Project",
    method: "Sign in with",
    password: "User name and password",
    credential: "Access key",
    userName: "User name",
    domain: "Domain",
    domainHelp: "Leave it as it is, unless you were told another one.",
    passwordField: "Password",
    credentialId: "ID of the access key",
    secret: "Secret",
    credentialHelp: "OpenStack calls it an application credential. It is for one project.",
    signedIn: "You are signed in",
    notSignedIn: "You are not signed in",
    closeWindow: "Close this window, and return to the one with the offer.",
    refusals: {
      denied: "The sign-in was cancelled or refused. Try again.",
      busy: "Too many people sign in at this moment. Try again.",
      expired: "The sign-in took too long, or was started in another browser. Try again.",
      failed: "The sign-in failed. Try again, or tell your operator.",
      no_project: "Your account has no project here. Ask your operator for one.",
      unavailable: "The sign-in page of your organisation cannot be reached. Try again in a moment.",
    },
  },

  project: {
    choose: "Choose a project",
    change: "Change project",
    label: "Project",
    use: "Use this project",
    hasNone: "You have access to no project. Ask your operator for it.",
  },

  region: {
    choose: "Choose a region",
    change: "Change region",
    label: "Regions",
    intro: "Each region has its own volumes and offers.",
    unknown: "Somebody offers you a volume, and the link does not say in which region. Ask the sender.",
    current: "this one",
  },

  volumes: {
    title: "Volumes",
    items: "volumes",
    search: "Search by part of the name, or by ID",
    searchHint: "Part of the name, or an ID",
    isLink: "This is the link of an offer. Paste it under Receive to see the volume.",
    empty: "This project has no volumes.",
    emptyHelp: "Create one with the other tools of your cloud, or receive one that is offered to you.",
    receive: "See what is offered to you",
    noMatch: "No volume matches.",
    noMatchHelp: "Search for another part of the name, or choose another status.",
    showAll: "Show all volumes",
    name: "Name",
    size: "Size",
    status: "Status",
    created: "Created",
    anyStatus: "Any status",
    sort: "Sort",
    sorts: {
      "created_at:desc": "Newest first",
      "created_at:asc": "Oldest first",
      "name:asc": "Name, A to Z",
      "name:desc": "Name, Z to A",
      "size:desc": "Largest first",
      "size:asc": "Smallest first",
    },
    count: (count: number) => many(count, { one: "# volume", other: "# volumes" }),
    matches: (count: number) => many(count, { one: "# volume matches", other: "# volumes match" }),
    range: (first: number, last: number) => `${many(first, { other: "#" })} to ${many(last, { other: "#" })}`,
    rangeOf: (first: number, last: number, count: number) =>
      `${many(first, { other: "#" })} to ${many(last, { other: "#" })} of ${many(count, { one: "# volume", other: "# volumes" })}`,
    offer: "Offer",
    offerVolume: (name: string) => `Offer ${name}`,
    select: (name: string) => `Select ${name}`,
    isOffered: "Is offered",
    isEncrypted: "Is encrypted",
    isNotAvailable: "Is not available",
  },
  /** The volumes that are selected, to be offered together. */
  selection: {
    label: "Selected volumes",
    count: (count: number, size: string) =>
      `${many(count, { one: "# volume selected", other: "# volumes selected" })}, ${size}`,
    all: "Select all on this page",
    clear: "Clear",
    offer: (count: number) => many(count, { one: "Offer it", other: "Offer them" }),
  },
  /** One volume. */
  volume: {
    title: "Volume",
    back: "All volumes",
    unnamed: "Volume without a name",
    missing: "This volume is not in your project, or not any more.",
    id: "ID",
    offer: "Open offer",
    description: "Description",
    size: "Size",
    type: "Type",
    status: "Status",
    created: "Created",
    encrypted: "Encrypted",
    cannotBeOffered: "Yes. It cannot be offered.",
    snapshots: "Snapshots",
    noSnapshots: "This volume has no snapshots.",
    newest: (count: number) => `Only the newest ${many(count, { other: "#" })} are shown.`,
    metadata: "Metadata",
    metadataHelp: "Notes that people or programs have stored with the volume.",
    history: "History of owners",
    historyHelp: "The handovers in which your project took part, the newest first.",
    received: (project: Part) => <>Received from project {project}</>,
    given: (project: Part) => <>Given to project {project}</>,
    kept: "Offered, and accepted by your own project",
    wasCreated: "Created",
  },
  /** The statuses of volumes; another is shown as it is. */
  statuses: {
    available: "Available",
    "awaiting-transfer": "Offered",
    "in-use": "In use",
    error: "Failed",
    maintenance: "In maintenance",
    creating: "Is being created",
    deleting: "Is being deleted",
    reserved: "Reserved",
    attaching: "Is being attached",
    detaching: "Is being detached",
    extending: "Is being enlarged",
    retyping: "Changes its type",
    uploading: "Is being copied",
    downloading: "Is being filled",
    "backing-up": "Is being backed up",
    "restoring-backup": "Is being restored",
  },
  /** The name of the type that volumes without a type have. */
  standardType: "Standard",

  newOffer: {
    title: "Offer a volume",
    intro: (volume: Part, size: string) => (
      <>
        {volume}, {size}. It stays yours until somebody accepts, and cannot be used meanwhile.
      </>
    ),
    name: "Name of the offer",
    snapshots: "With its snapshots",
    ends: "The offer ends",
    inAnHour: "In an hour",
    inADay: "In a day",
    inAWeek: "In a week",
    onADate: "On a date",
    date: "Date and time",
    recipient: "Recipient's project ID",
    recipientHelp: "If you name one, no other project can accept.",
    keyless: "Its members find the offer under Receive, and need no link",
    submit: "Make the offer",
  },

  /** Several offers that are made with one form. */
  several: {
    title: (count: number) => many(count, { other: "Offer # volumes" }),
    intro:
      "Each gets an offer and a link of its own. They stay yours until somebody accepts, and cannot be used meanwhile.",
    snapshots: "With their snapshots",
    ends: "The offers end",
    submit: (count: number) => many(count, { other: "Make # offers" }),
    offers: "Your offers",
    progress: (done: number, count: number) =>
      `${many(done, { other: "#" })} of ${many(count, { one: "# volume", other: "# volumes" })} done`,
    result: (made: number, count: number) =>
      made === count
        ? many(count, { other: "All # offers are made." })
        : `${many(made, { other: "#" })} of ${many(count, { other: "# offers" })} are made. ${many(count - made, { one: "The other one", other: "The others" })} failed.`,
    once: "You see these links only now. Whoever has one can take its volume: send them only to the recipient.",
    findThem: (project: Part) => (
      <>The members of project {project} find the offers under Receive. There are no links to send.</>
    ),
    copyAll: "Copy all links",
    allLinks: "All links",
    waits: "Waits for its turn",
    runs: "Is being offered",
    made: "Is offered",
    link: (name: string) => `Link of ${name}`,
    again: (count: number) =>
      many(count, { one: "Try the failed one again", other: "Try the # failed ones again" }),
    unmadeTitle: "Leave before all offers are made?",
    unmadeWarning: "These volumes are not offered yet. If you leave now, they will not be:",
    leaveTitle: "Leave without the links?",
    leaveWarning:
      "You have not copied all links, and they are not shown again. You can make new ones under Open offers.",
  },

  offered: {
    title: "Your offer",
    closed: "Your offer is closed",
    withSnapshots: "with its snapshots",
    withoutSnapshots: "without its snapshots",
    summary: (volume: Part, size: string, snapshots: string, until: Part | undefined) => (
      <>
        {volume}, {size}, {snapshots}
        {until !== undefined && <>, until {until}</>}.
      </>
    ),
    findsIt: (project: Part) => (
      <>The members of project {project} find the offer under Receive. There is no link to send.</>
    ),
    back: "Back to the volumes",
  },

  /** The link of an offer. */
  share: {
    once: "You see this link only now. Whoever has it can take the volume: send it only to the recipient.",
    link: "Link",
    id: "ID",
    key: "Key",
    command: "Command of the recipient",
    share: "Share",
    copy: "Copy",
    copied: "Copied",
    copyOf: (label: string) => `Copy: ${label}`,
    copiedOf: (label: string) => `${label} copied`,
    selected: "Your browser does not let this page copy. The text is selected: copy it yourself.",
    showQrCode: "Show a QR code",
    qrCode: "QR code of the link",
    commandLine: "For the command line",
    leaveTitle: "Leave without the link?",
    leaveWarning:
      "You have not copied the link, and it is not shown again. You can make a new one under Open offers.",
    leave: "Leave",
    stay: "Stay here",
  },

  offers: {
    title: "Open offers",
    items: "offers",
    empty: "Nothing is offered.",
    emptyHelp: "An offer is listed here until somebody accepts it, it ends, or you withdraw it.",
    choose: "Choose a volume to offer",
    offer: "Offer",
    volume: "Volume",
    created: "Created",
    ends: "Ends",
    noEnd: "No end",
    for: "For",
    anybody: "Anybody with the link",
    lookedAt: "Looked at",
    notYet: "Not yet",
    newLink: "New link",
    newLinkFor: (name: string) => `New link for ${name}`,
    withdraw: "Withdraw",
    withdrawOffer: (name: string) => `Withdraw ${name}`,
  },

  /** One offer. */
  offer: {
    title: "Offer",
    of: (volume: string) => `Offer of ${volume}`,
    over: "This offer is closed already: it was accepted, declined or withdrawn, or it has ended.",
    allOpen: "All open offers",
    allClosed: "All closed offers",
    gone: "This offer is closed, and is not in the history of your project: not yet, or not any more.",
    received: "Your project has accepted this offer.",
    name: "Name of the offer",
    id: "ID of the offer",
    size: "Size",
    snapshots: "Snapshots",
    with: "Go with the volume",
    without: "Stay",
    firstLook: "First looked at",
    lastLook: "Last looked at",
    reason: "Reason",
  },

  newLink: {
    title: "Make a new link?",
    warning: (volume: Part) => <>A link of {volume} that you sent before stops working.</>,
    submit: "Make a new link",
    made: "The new link",
  },

  withdraw: {
    title: "Withdraw the offer?",
    warning: (volume: Part) => <>Nobody can accept {volume} any more, and you can use it again.</>,
    submit: "Withdraw",
  },

  outcomes: {
    open: "Nobody has accepted yet.",
    seen: (project: string, when: string) =>
      `Project ${project} looked at it ${when}. Nobody has accepted yet.`,
    accepted: "Accepted: the volume has a new owner.",
    acceptedBy: (project: string) => `Accepted by project ${project}: the volume is theirs now.`,
    declined: "Declined: the volume is yours again.",
    declinedFor: (reason: string) => `Declined (${reason}): the volume is yours again.`,
    withdrawn: "Withdrawn: the volume is yours again.",
    expired: "Ended: nobody accepted in time, and the volume is yours again.",
    replaced: "Replaced: the volume was offered again.",
    ofOffer: (offer: Part, outcome: string) => (
      <>
        {offer}: {outcome}
      </>
    ),
  },

  receive: {
    title: "Receive a volume",
    inbox: "Offers for your project",
    items: "offers for you",
    empty: "No offer is waiting for your project.",
    emptyHelp: "Others can offer a volume to your project by its ID.",
    projectId: "ID of your project",
    volume: "Volume",
    size: "Size",
    from: "From project",
    ends: "Ends",
    noEnd: "No end",
    look: "Look",
    lookAt: (name: string) => `Look at ${name}`,
    needsLink: "Open the link of the sender",
    decline: "Decline",
    declineOffer: (name: string) => `Decline ${name}`,
    byLink: "A link that you were sent",
    byLinkIntro:
      "Paste the link that you were sent, or the ID and the key. You see the offer before you accept it.",
    or: "or",
    orInRegion: (region: string) => `or, for an offer in region ${region}`,
    submit: "Continue",
    noLink: "This is not the link of an offer. Paste the whole link, or its ID and key.",
    incomplete:
      "The link that you opened is not complete. Open it again, or copy all of it and paste it under Receive.",
  },

  decline: {
    title: "Decline the offer?",
    intro: (volume: Part) => <>{volume} stays with its owner, who can offer it again.</>,
    why: "Why",
    whyHelp: "The owner of the volume reads it.",
    submit: "Decline",
    declined: "You have declined the offer",
    stays: (volume: Part) => <>{volume} stays with its owner.</>,
  },

  accept: {
    offered: "You are offered a volume",
    intro: (project: Part) => (
      <>Look at it first. Nothing changes before you accept. It would go to project {project}.</>
    ),
    otherRegion: (region: Part) => (
      <>You are in region {region}. If the offer is in another region, change the region.</>
    ),
    look: "Look at the offer",
    lookAgain: "Look again",
    notNow: "Not now",
    seeVolumes: "See your volumes",
    question: "Accept this volume?",
    submit: "Accept",
    noRoom: (project: Part, reason: string) => (
      <>
        Project {project} has no room: {reason}. Delete something, ask your operator for more, or change the
        project.
      </>
    ),
    own: (project: Part) => (
      <>Your own project {project} offers this volume. If you accept, it stays there, and the offer ends.</>
    ),
    volume: "Volume",
    description: "Description",
    size: "Size",
    type: "Type",
    region: "Region",
    snapshots: "Snapshots",
    offer: "Offer",
    from: "From project",
    to: "To project",
    ends: "Offer ends",
    noEnd: "No end",
    endsAt: (left: string, time: Part) => (
      <>
        {left}, {time}
      </>
    ),
    accepted: "The volume is yours",
    belongs: (volume: Part, project: Part) => (
      <>
        {volume} belongs to project {project} now.
      </>
    ),
  },

  /** Why a project has no room: the words after "Project … has no room:". */
  quotas: {
    largeVolume: "one volume may not be this large",
    volumes: "it may have no more volumes",
    gigabytes: "its volumes and snapshots may take no more space",
    snapshots: "it may have no more snapshots",
    other: "its limit is reached",
    ofType: (reason: string, type: string) => `${reason} of type ${type}`,
  },

  history: {
    title: "History",
    items: "closed offers",
    empty: "No offer has been closed yet.",
    emptyHelp: "Offers are listed here once they are accepted, declined or withdrawn, or have ended.",
    offer: "Offer",
    direction: "Direction",
    given: "Given",
    received: "Received",
    outcome: "Outcome",
    outcomes: {
      accepted: "Accepted",
      declined: "Declined",
      withdrawn: "Withdrawn",
      expired: "Ended",
      replaced: "Replaced by another offer",
    },
    otherProject: "Other project",
    closed: "Closed",
  },

  time: { ended: "ended", justNow: "just now" },
  snapshots: (count: number, size: string) =>
    count === 0 ? "None" : `${many(count, { other: "#" })} (${size})`,

  /** Advice after a fault of the API. */
  faults: {
    unreachable: "The service cannot be reached. Check your connection, and try again.",
    slow: "The service has not answered in time. Try again; what you asked for may have been done all the same.",
    failed: "The service has failed. Try again in a moment.",
    refused: (reason: string) => `The service refuses this: ${reason}`,
    wrongKey:
      "This key does not open the offer for your project. Check that you have the whole link and that you are in " +
      "the right project. After some wrong attempts an offer refuses every key: ask the sender for a new link.",
    maintenance:
      "The volume is in maintenance and cannot change hands now. Try again later, or ask the sender.",
    inUse:
      "The volume or one of its snapshots is in use, so it cannot change hands now. Try again later, or ask the sender.",
    notAvailable:
      "Only an available volume whose snapshots are available can be offered. Reload the list and try again.",
    consistencyGroup:
      "The volume belongs to a group of volumes and cannot change hands alone. Ask the sender to take it out of the group.",
    encrypted: "Encrypted volumes cannot be offered.",
    endInPast: "The end must be in the future. Choose a later date.",
    closed:
      "This offer is closed: it was accepted or withdrawn, or it has ended. Ask the sender for a new link.",
    noAccessToType:
      "Your project may not use the type of this volume. Ask your operator for access to the type; the link keeps working.",
    noVolume: "This volume is no longer in your project. Reload the list.",
    quota: "Your project has no room for this volume. Delete something, or ask your operator for more.",
    tooManyOffers: "Your project has made too many offers in a minute. Wait a minute, and try again.",
    tooManyAttempts: "Your project has made too many attempts. Wait a minute, and try again.",
    role: "You may not do this in this project. Ask your operator for the right to do it (usually the role member), or change the project.",
    wrongPassword: "The user name, the domain or the password is wrong.",
    wrongCredential:
      "The ID or the secret of the access key is wrong, or the key has been deleted or has expired.",
    signInAway: "You cannot be signed in at this moment. Try again in a moment.",
    projectRefused: "You have no access to this project.",
    otherSession: "In another tab you have become another user, or changed the project. Reload this tab.",
    boundToProject: "This sign-in is for one project only. Sign out, and sign in to the other one.",
    noauthNames: "User and project may contain letters, digits and punctuation, but no space and no colon.",
    databaseAway:
      "The service cannot reach its data. Try again; what you asked for may have been done all the same.",
    busy: "Too many people use the service at this moment. Try again.",
    changing: "Somebody else is changing this at the moment. Try again.",
  },
};

export type Messages = typeof en;
