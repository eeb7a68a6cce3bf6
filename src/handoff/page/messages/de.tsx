import type { Messages } from "./en.tsx";
import { pluralOf } from "./plural.ts";

const many = pluralOf("de");

export const de: Messages = {
  brand: "Volume-Übergabe",
  skip: "Zum Inhalt springen",
  loading: "Wird geladen",
  tryAgain: "Erneut versuchen",
  stale:
    "Der Dienst antwortet nicht, daher ist diese Seite vielleicht nicht aktuell. Sie versucht es von selbst erneut.",
  close: "Schließen",
  cancel: "Abbrechen",
  optional: (label) => `${label} (freiwillig)`,
  previous: "Zurück",
  next: "Weiter",
  pagesOf: (items) => `Seiten: ${items}`,
  action: "Aktion",
  none: "Keine",

  account: {
    projectId: "ID des Projekts",
    userInProject: (user, project) => (
      <>
        {user} im Projekt {project}
      </>
    ),
    changeProject: "Projekt wechseln",
    changeRegion: "Region wechseln",
    region: (region) => <>Region {region}</>,
    signOut: "Abmelden",
    development: "Nur für die Entwicklung: Dieser Dienst prüft nicht, wer Sie sind.",
    signInLasts: (time) =>
      `Sie sind in diesem Browser abgemeldet. Eine Kopie Ihrer Anmeldung, falls es eine gibt, gilt noch bis ${time}.`,
    changedElsewhere: (user, project) => (
      <>
        In einem anderen Tab haben Sie den Benutzer oder das Projekt gewechselt. Dieser Tab zeigt {user}
        {project !== undefined && <> im Projekt {project}</>} und kann nichts ausführen.
      </>
    ),
    showCurrent: "Aktuellen Stand anzeigen",
    ended: "Ihre Sitzung ist beendet. Melden Sie sich an, um fortzufahren.",
    endedSignInAgain: "Ihre Sitzung ist beendet. Melden Sie sich erneut an.",
  },

  views: {
    label: "Ansichten",
    volumes: "Volumes",
    offers: "Angebote",
    receive: "Empfangen",
    history: "Verlauf",
  },
  offersForYou: (count) => many(count, { one: "# Angebot für Sie", other: "# Angebote für Sie" }),

  footer: {
    label: "Über diesen Dienst",
    documentation: "Dokumentation",
    api: "API",
    version: (version) => `Version ${version}`,
  },

  signIn: {
    title: "Anmelden",
    submit: "Anmelden",
    offered:
      "Jemand bietet Ihnen ein Volume an. Melden Sie sich an, um es zu sehen. Noch ist nichts geschehen.",
    intro:
      "Geben Sie ein Volume, eine Festplatte in Ihrer Cloud, an ein anderes Projekt, oder nehmen Sie eines an, das Ihnen angeboten wird.",
    notConfigured: (variable) => (
      <>Die Anmeldung ist nicht eingerichtet. Der Betreiber dieses Dienstes setzt dazu {variable}.</>
    ),
    provider: "Sie melden sich auf der Seite Ihrer Organisation an und kommen hierher zurück.",
    development:
      "Nur für die Entwicklung: Dieser Dienst prüft nicht, wer Sie sind. Wer ihn erreicht, kann jedes Projekt wählen.",
    user: "Benutzer",
    project: "Projekt",
    method: "Anmelden mit",
    password: "Benutzername und Passwort",
    credential: "Zugangsschlüssel",
    userName: "Benutzername",
    domain: "Domäne",
    domainHelp: "Lassen Sie sie, wie sie ist, wenn Ihnen keine andere genannt wurde.",
    passwordField: "Passwort",
    credentialId: "ID des Zugangsschlüssels",
    secret: "Geheimnis",
    credentialHelp: "OpenStack nennt ihn Application Credential. Er gilt für ein Projekt.",
    signedIn: "Sie sind angemeldet",
    notSignedIn: "Sie sind nicht angemeldet",
    closeWindow: "Schließen Sie dieses Fenster, und kehren Sie zu dem mit dem Angebot zurück.",
    refusals: {
      denied: "Die Anmeldung wurde abgebrochen oder abgelehnt. Versuchen Sie es erneut.",
      busy: "Im Moment melden sich zu viele Personen an. Versuchen Sie es erneut.",
      expired:
        "Die Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Versuchen Sie es erneut.",
      failed:
        "Die Anmeldung ist gescheitert. Versuchen Sie es erneut, oder wenden Sie sich an Ihren Betreiber.",
      no_project: "Ihr Konto hat hier kein Projekt. Bitten Sie Ihren Betreiber um eines.",
      unavailable:
        "Die Anmeldeseite Ihrer Organisation ist nicht erreichbar. Versuchen Sie es gleich noch einmal.",
    },
  },

  project: {
    choose: "Projekt wählen",
    change: "Projekt wechseln",
    label: "Projekt",
    use: "Dieses Projekt verwenden",
    hasNone: "Sie haben zu keinem Projekt Zugang. Bitten Sie Ihren Betreiber darum.",
  },

  region: {
    choose: "Region wählen",
    change: "Region wechseln",
    label: "Regionen",
    intro: "Jede Region hat ihre eigenen Volumes und Angebote.",
    unknown:
      "Jemand bietet Ihnen ein Volume an, aber der Link nennt die Region nicht. Fragen Sie die Person, von der er stammt.",
    current: "diese",
  },

  volumes: {
    title: "Volumes",
    items: "Volumes",
    search: "Nach einem Teil des Namens oder nach der ID suchen",
    searchHint: "Teil des Namens oder eine ID",
    isLink: "Das ist der Link eines Angebots. Fügen Sie ihn unter Empfangen ein, um das Volume zu sehen.",
    empty: "Dieses Projekt hat keine Volumes.",
    emptyHelp:
      "Legen Sie eines mit den anderen Werkzeugen Ihrer Cloud an, oder nehmen Sie eines an, das Ihnen angeboten wird.",
    receive: "Sehen, was Ihnen angeboten wird",
    noMatch: "Kein Volume passt zur Suche.",
    noMatchHelp: "Suchen Sie nach einem anderen Teil des Namens, oder wählen Sie einen anderen Status.",
    showAll: "Alle Volumes anzeigen",
    name: "Name",
    size: "Größe",
    status: "Status",
    created: "Erstellt",
    anyStatus: "Jeder Status",
    sort: "Reihenfolge",
    sorts: {
      "created_at:desc": "Neueste zuerst",
      "created_at:asc": "Älteste zuerst",
      "name:asc": "Name, A bis Z",
      "name:desc": "Name, Z bis A",
      "size:desc": "Größte zuerst",
      "size:asc": "Kleinste zuerst",
    },
    count: (count) => many(count, { one: "# Volume", other: "# Volumes" }),
    matches: (count) => many(count, { one: "# Volume passt", other: "# Volumes passen" }),
    range: (first, last) => `${many(first, { other: "#" })} bis ${many(last, { other: "#" })}`,
    rangeOf: (first, last, count) =>
      `${many(first, { other: "#" })} bis ${many(last, { other: "#" })} von ${many(count, { one: "# Volume", other: "# Volumes" })}`,
    offer: "Anbieten",
    offerVolume: (name) => `${name} anbieten`,
    select: (name) => `${name} auswählen`,
    isOffered: "Ist angeboten",
    isEncrypted: "Ist verschlüsselt",
    isNotAvailable: "Ist nicht verfügbar",
  },
  selection: {
    label: "Ausgewählte Volumes",
    count: (count, size) =>
      `${many(count, { one: "# Volume ausgewählt", other: "# Volumes ausgewählt" })}, ${size}`,
    all: "Alle auf dieser Seite auswählen",
    clear: "Aufheben",
    offer: (count) => many(count, { one: "Anbieten", other: "Zusammen anbieten" }),
  },
  volume: {
    title: "Volume",
    back: "Alle Volumes",
    unnamed: "Volume ohne Namen",
    missing: "Dieses Volume ist nicht in Ihrem Projekt, oder nicht mehr.",
    id: "ID",
    offer: "Offenes Angebot",
    description: "Beschreibung",
    size: "Größe",
    type: "Typ",
    status: "Status",
    created: "Erstellt",
    encrypted: "Verschlüsselt",
    cannotBeOffered: "Ja. Es kann nicht angeboten werden.",
    snapshots: "Snapshots",
    noSnapshots: "Dieses Volume hat keine Snapshots.",
    newest: (count) => `Nur die neuesten ${many(count, { other: "#" })} werden gezeigt.`,
    metadata: "Metadaten",
    metadataHelp: "Notizen, die Personen oder Programme mit dem Volume gespeichert haben.",
    history: "Frühere Besitzer",
    historyHelp: "Die Übergaben, an denen Ihr Projekt beteiligt war, die neueste zuerst.",
    received: (project) => <>Vom Projekt {project} erhalten</>,
    given: (project) => <>An das Projekt {project} gegeben</>,
    kept: "Angeboten und vom eigenen Projekt angenommen",
    wasCreated: "Erstellt",
  },
  statuses: {
    available: "Verfügbar",
    "awaiting-transfer": "Angeboten",
    "in-use": "In Benutzung",
    error: "Fehlerhaft",
    maintenance: "In Wartung",
    creating: "Wird angelegt",
    deleting: "Wird gelöscht",
    reserved: "Reserviert",
    attaching: "Wird angehängt",
    detaching: "Wird abgehängt",
    extending: "Wird vergrößert",
    retyping: "Wechselt den Typ",
    uploading: "Wird kopiert",
    downloading: "Wird gefüllt",
    "backing-up": "Wird gesichert",
    "restoring-backup": "Wird wiederhergestellt",
  },
  standardType: "Standard",

  newOffer: {
    title: "Ein Volume anbieten",
    intro: (volume, size) => (
      <>
        {volume}, {size}. Es bleibt Ihres, bis es jemand annimmt, und lässt sich bis dahin nicht verwenden.
      </>
    ),
    name: "Name des Angebots",
    snapshots: "Mit seinen Snapshots",
    ends: "Das Angebot endet",
    inAnHour: "In einer Stunde",
    inADay: "In einem Tag",
    inAWeek: "In einer Woche",
    onADate: "An einem Datum",
    date: "Datum und Uhrzeit",
    recipient: "Projekt-ID des Empfängers",
    recipientHelp: "Wenn Sie eines nennen, kann kein anderes Projekt annehmen.",
    keyless: "Seine Mitglieder finden das Angebot unter Empfangen und brauchen keinen Link",
    submit: "Angebot erstellen",
  },

  several: {
    title: (count) => many(count, { other: "# Volumes anbieten" }),
    intro:
      "Jedes bekommt ein eigenes Angebot und einen eigenen Link. Sie bleiben Ihre, bis jemand annimmt, und lassen sich bis dahin nicht verwenden.",
    snapshots: "Mit ihren Snapshots",
    ends: "Die Angebote enden",
    submit: (count) => many(count, { other: "# Angebote erstellen" }),
    offers: "Ihre Angebote",
    progress: (done, count) =>
      `${many(done, { other: "#" })} von ${many(count, { one: "# Volume", other: "# Volumes" })} erledigt`,
    result: (made, count) =>
      made === count
        ? many(count, { other: "Alle # Angebote sind erstellt." })
        : `${many(made, { other: "#" })} von ${many(count, { other: "# Angeboten" })} sind erstellt. ${many(count - made, { one: "Das andere ist", other: "Die anderen sind" })} gescheitert.`,
    once: "Sie sehen diese Links nur jetzt. Wer einen hat, kann sein Volume nehmen: Schicken Sie sie nur dem Empfänger.",
    findThem: (project) => (
      <>
        Die Mitglieder des Projekts {project} finden die Angebote unter Empfangen. Es gibt keine Links zu
        schicken.
      </>
    ),
    copyAll: "Alle Links kopieren",
    allLinks: "Alle Links",
    waits: "Wartet, bis es an der Reihe ist",
    runs: "Wird angeboten",
    made: "Ist angeboten",
    link: (name) => `Link von ${name}`,
    again: (count) =>
      many(count, {
        one: "Das gescheiterte erneut versuchen",
        other: "Die # gescheiterten erneut versuchen",
      }),
    unmadeTitle: "Gehen, bevor alle Angebote erstellt sind?",
    unmadeWarning: "Diese Volumes sind noch nicht angeboten. Wenn Sie jetzt gehen, werden sie es nicht:",
    leaveTitle: "Ohne die Links gehen?",
    leaveWarning:
      "Sie haben nicht alle Links kopiert, und sie werden nicht noch einmal angezeigt. Unter Angebote können Sie neue erstellen.",
  },

  offered: {
    title: "Ihr Angebot",
    closed: "Ihr Angebot ist geschlossen",
    withSnapshots: "mit seinen Snapshots",
    withoutSnapshots: "ohne seine Snapshots",
    summary: (volume, size, snapshots, until) => (
      <>
        {volume}, {size}, {snapshots}
        {until !== undefined && <>, bis {until}</>}.
      </>
    ),
    findsIt: (project) => (
      <>
        Die Mitglieder des Projekts {project} finden das Angebot unter Empfangen. Einen Link brauchen sie
        nicht.
      </>
    ),
    back: "Zurück zu den Volumes",
  },

  share: {
    once: "Sie sehen diesen Link nur jetzt. Wer ihn hat, kann das Volume nehmen: Schicken Sie ihn nur an die Person, die es bekommen soll.",
    link: "Link",
    id: "ID",
    key: "Schlüssel",
    command: "Befehl zum Annehmen",
    share: "Teilen",
    copy: "Kopieren",
    copied: "Kopiert",
    copyOf: (label) => `Kopieren: ${label}`,
    copiedOf: (label) => `${label} kopiert`,
    selected: "Ihr Browser lässt die Seite nicht kopieren. Der Text ist markiert: Kopieren Sie ihn selbst.",
    showQrCode: "QR-Code anzeigen",
    qrCode: "QR-Code des Links",
    commandLine: "Für die Kommandozeile",
    leaveTitle: "Ohne den Link gehen?",
    leaveWarning:
      "Sie haben den Link nicht kopiert, und er wird nicht noch einmal angezeigt. Unter Angebote können Sie einen neuen erstellen.",
    leave: "Gehen",
    stay: "Hier bleiben",
  },

  offers: {
    title: "Offene Angebote",
    items: "Angebote",
    empty: "Sie bieten nichts an.",
    emptyHelp: "Ein Angebot steht hier, bis jemand es annimmt, es endet, oder Sie es zurückziehen.",
    choose: "Ein Volume zum Anbieten wählen",
    offer: "Angebot",
    volume: "Volume",
    created: "Erstellt",
    ends: "Endet",
    noEnd: "Kein Ende",
    for: "Für",
    anybody: "Alle mit dem Link",
    lookedAt: "Angesehen",
    notYet: "Noch nicht",
    newLink: "Neuer Link",
    newLinkFor: (name) => `Neuer Link für ${name}`,
    withdraw: "Zurückziehen",
    withdrawOffer: (name) => `${name} zurückziehen`,
  },

  offer: {
    title: "Angebot",
    of: (volume) => `Angebot: ${volume}`,
    over: "Dieses Angebot ist schon geschlossen: Es wurde angenommen, abgelehnt oder zurückgezogen, oder es ist beendet.",
    allOpen: "Alle offenen Angebote",
    allClosed: "Alle geschlossenen Angebote",
    gone: "Dieses Angebot ist geschlossen und steht nicht im Verlauf Ihres Projekts: noch nicht, oder nicht mehr.",
    received: "Ihr Projekt hat dieses Angebot angenommen.",
    name: "Name des Angebots",
    id: "ID des Angebots",
    size: "Größe",
    snapshots: "Snapshots",
    with: "Gehen mit dem Volume",
    without: "Bleiben",
    firstLook: "Zuerst angesehen",
    lastLook: "Zuletzt angesehen",
    reason: "Grund",
  },

  newLink: {
    title: "Einen neuen Link erstellen?",
    warning: (volume) => (
      <>Ein Link, den Sie für {volume} schon verschickt haben, funktioniert dann nicht mehr.</>
    ),
    submit: "Neuen Link erstellen",
    made: "Der neue Link",
  },

  withdraw: {
    title: "Das Angebot zurückziehen?",
    warning: (volume) => <>Dann kann niemand mehr {volume} annehmen, und Sie können es wieder verwenden.</>,
    submit: "Zurückziehen",
  },

  outcomes: {
    open: "Noch hat niemand angenommen.",
    seen: (project, when) => `Projekt ${project} hat es sich ${when} angesehen. Noch hat niemand angenommen.`,
    accepted: "Angenommen: Das Volume gehört jetzt jemand anderem.",
    acceptedBy: (project) => `Vom Projekt ${project} angenommen: Das Volume gehört jetzt diesem.`,
    declined: "Abgelehnt: Das Volume gehört wieder Ihnen.",
    declinedFor: (reason) => `Abgelehnt (${reason}): Das Volume gehört wieder Ihnen.`,
    withdrawn: "Zurückgezogen: Das Volume gehört wieder Ihnen.",
    expired: "Beendet: Niemand hat rechtzeitig angenommen, und das Volume gehört wieder Ihnen.",
    replaced: "Ersetzt: Das Volume wurde erneut angeboten.",
    ofOffer: (offer, outcome) => (
      <>
        {offer}: {outcome}
      </>
    ),
  },

  receive: {
    title: "Ein Volume empfangen",
    inbox: "Angebote für Ihr Projekt",
    items: "Angebote für Sie",
    empty: "Kein Angebot wartet auf Ihr Projekt.",
    emptyHelp: "Andere können Ihrem Projekt über seine ID ein Volume anbieten.",
    projectId: "ID Ihres Projekts",
    volume: "Volume",
    size: "Größe",
    from: "Vom Projekt",
    ends: "Endet",
    noEnd: "Kein Ende",
    look: "Ansehen",
    lookAt: (name) => `${name} ansehen`,
    needsLink: "Öffnen Sie den Link, den Sie bekommen haben",
    decline: "Ablehnen",
    declineOffer: (name) => `${name} ablehnen`,
    byLink: "Ein Link, den Sie bekommen haben",
    byLinkIntro:
      "Fügen Sie den Link ein, den Sie bekommen haben, oder die ID und den Schlüssel. Sie sehen das Angebot, bevor Sie es annehmen.",
    or: "oder",
    orInRegion: (region) => `oder, für ein Angebot in der Region ${region}`,
    submit: "Weiter",
    noLink:
      "Das ist nicht der Link eines Angebots. Fügen Sie den ganzen Link ein, oder seine ID und seinen Schlüssel.",
    incomplete:
      "Der Link, den Sie geöffnet haben, ist unvollständig. Öffnen Sie ihn erneut, oder kopieren Sie ihn ganz, und fügen Sie ihn unter Empfangen ein.",
  },

  decline: {
    title: "Das Angebot ablehnen?",
    intro: (volume) => <>{volume} bleibt beim bisherigen Projekt, das es erneut anbieten kann.</>,
    why: "Warum",
    whyHelp: "Das Projekt, dem das Volume gehört, liest es.",
    submit: "Ablehnen",
    declined: "Sie haben das Angebot abgelehnt",
    stays: (volume) => <>{volume} bleibt, wo es ist.</>,
  },

  accept: {
    offered: "Ihnen wird ein Volume angeboten",
    intro: (project) => (
      <>
        Sehen Sie es sich zuerst an. Nichts ändert sich, bevor Sie es annehmen. Es käme in das Projekt{" "}
        {project}.
      </>
    ),
    otherRegion: (region) => (
      <>
        Sie sind in der Region {region}. Wenn das Angebot in einer anderen Region ist, wechseln Sie die
        Region.
      </>
    ),
    look: "Angebot ansehen",
    lookAgain: "Erneut ansehen",
    notNow: "Nicht jetzt",
    seeVolumes: "Ihre Volumes ansehen",
    question: "Dieses Volume annehmen?",
    submit: "Annehmen",
    noRoom: (project, reason) => (
      <>
        Das Projekt {project} hat keinen Platz: {reason}. Löschen Sie etwas, bitten Sie Ihren Betreiber um
        mehr, oder wechseln Sie das Projekt.
      </>
    ),
    own: (project) => (
      <>
        Ihr eigenes Projekt {project} bietet dieses Volume an. Wenn Sie annehmen, bleibt es dort, und das
        Angebot endet.
      </>
    ),
    volume: "Volume",
    description: "Beschreibung",
    size: "Größe",
    type: "Typ",
    region: "Region",
    snapshots: "Snapshots",
    offer: "Angebot",
    from: "Vom Projekt",
    to: "An das Projekt",
    ends: "Angebot endet",
    noEnd: "Kein Ende",
    endsAt: (left, time) => (
      <>
        {left}, {time}
      </>
    ),
    accepted: "Das Volume gehört Ihnen",
    belongs: (volume, project) => (
      <>
        {volume} gehört jetzt dem Projekt {project}.
      </>
    ),
  },

  quotas: {
    largeVolume: "Ein einzelnes Volume darf nicht so groß sein",
    volumes: "Es darf keine weiteren Volumes haben",
    gigabytes: "Seine Volumes und Snapshots dürfen nicht mehr Platz belegen",
    snapshots: "Es darf keine weiteren Snapshots haben",
    other: "Seine Grenze ist erreicht",
    ofType: (reason, type) => `${reason} (Typ ${type})`,
  },

  history: {
    title: "Verlauf",
    items: "geschlossene Angebote",
    empty: "Noch wurde kein Angebot geschlossen.",
    emptyHelp:
      "Hier stehen Angebote, sobald sie angenommen, abgelehnt oder zurückgezogen wurden oder beendet sind.",
    offer: "Angebot",
    direction: "Richtung",
    given: "Gegeben",
    received: "Empfangen",
    outcome: "Ergebnis",
    outcomes: {
      accepted: "Angenommen",
      declined: "Abgelehnt",
      withdrawn: "Zurückgezogen",
      expired: "Beendet",
      replaced: "Durch ein anderes Angebot ersetzt",
    },
    otherProject: "Anderes Projekt",
    closed: "Geschlossen",
  },

  time: { ended: "beendet", justNow: "gerade eben" },
  snapshots: (count, size) => (count === 0 ? "Keine" : `${many(count, { other: "#" })} (${size})`),

  faults: {
    unreachable: "Der Dienst ist nicht erreichbar. Prüfen Sie Ihre Verbindung, und versuchen Sie es erneut.",
    slow: "Der Dienst hat nicht rechtzeitig geantwortet. Versuchen Sie es erneut; es kann trotzdem schon geschehen sein.",
    failed: "Im Dienst ist ein Fehler aufgetreten. Versuchen Sie es gleich noch einmal.",
    refused: (reason) => `Der Dienst lehnt das ab: ${reason}`,
    wrongKey:
      "Dieser Schlüssel öffnet das Angebot nicht für Ihr Projekt. Prüfen Sie, ob Sie den ganzen Link haben und im " +
      "richtigen Projekt sind. Nach einigen falschen Versuchen lehnt ein Angebot jeden Schlüssel ab: Bitten Sie um " +
      "einen neuen Link.",
    maintenance:
      "Das Volume ist in Wartung und kann jetzt nicht übergeben werden. Versuchen Sie es später, oder fragen Sie nach.",
    inUse:
      "Das Volume oder einer seiner Snapshots ist in Benutzung und kann jetzt nicht übergeben werden. Versuchen Sie es später, oder fragen Sie nach.",
    notAvailable:
      "Nur ein verfügbares Volume mit verfügbaren Snapshots lässt sich anbieten. Laden Sie die Liste neu, und versuchen Sie es erneut.",
    consistencyGroup:
      "Das Volume gehört zu einer Gruppe von Volumes und kann nicht allein übergeben werden. Bitten Sie darum, es aus der Gruppe zu nehmen.",
    encrypted: "Verschlüsselte Volumes lassen sich nicht anbieten.",
    endInPast: "Das Ende muss in der Zukunft liegen. Wählen Sie ein späteres Datum.",
    closed:
      "Dieses Angebot ist geschlossen: Es wurde angenommen oder zurückgezogen, oder es ist beendet. Bitten Sie um einen neuen Link.",
    noAccessToType:
      "Ihr Projekt darf den Typ dieses Volumes nicht verwenden. Bitten Sie Ihren Betreiber um Zugang zu dem Typ; der Link bleibt gültig.",
    noVolume: "Dieses Volume ist nicht mehr in Ihrem Projekt. Laden Sie die Liste neu.",
    quota:
      "Ihr Projekt hat keinen Platz für dieses Volume. Löschen Sie etwas, oder bitten Sie Ihren Betreiber um mehr.",
    tooManyOffers:
      "Ihr Projekt hat in einer Minute zu viele Angebote gemacht. Warten Sie eine Minute, und versuchen Sie es erneut.",
    tooManyAttempts:
      "Ihr Projekt hat zu viele Versuche gemacht. Warten Sie eine Minute, und versuchen Sie es erneut.",
    role: "Sie dürfen das in diesem Projekt nicht. Bitten Sie Ihren Betreiber um das Recht dazu (meist die Rolle member), oder wechseln Sie das Projekt.",
    wrongPassword: "Der Benutzername, die Domäne oder das Passwort ist falsch.",
    wrongCredential:
      "Die ID oder das Geheimnis des Zugangsschlüssels ist falsch, oder er ist gelöscht oder abgelaufen.",
    signInAway: "Im Moment ist keine Anmeldung möglich. Versuchen Sie es gleich noch einmal.",
    projectRefused: "Sie haben keinen Zugang zu diesem Projekt.",
    otherSession:
      "In einem anderen Tab haben Sie den Benutzer oder das Projekt gewechselt. Laden Sie diesen Tab neu.",
    boundToProject:
      "Diese Anmeldung gilt nur für ein Projekt. Melden Sie sich ab, und melden Sie sich für das andere an.",
    noauthNames:
      "Benutzer und Projekt können Buchstaben, Ziffern und Satzzeichen enthalten, aber kein Leerzeichen und keinen Doppelpunkt.",
    databaseAway:
      "Der Dienst erreicht seine Daten nicht. Versuchen Sie es erneut; es kann trotzdem schon geschehen sein.",
    busy: "Im Moment verwenden zu viele Personen den Dienst. Versuchen Sie es erneut.",
    changing: "Das ändert gerade jemand anderes. Versuchen Sie es erneut.",
  },
};
