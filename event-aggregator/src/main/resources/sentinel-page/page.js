"use strict";

/*
 * Everything that comes from outside (client ids, topics, payloads) is written as text, never as
 * markup: there is no innerHTML on this page.
 */
(() => {
  const MOST_ROWS = 50;
  const SILENCE_MILLIS = 5000;
  const REOPEN_MILLIS = 3000;

  const ACTIONS = { ALLOW: "Allowed", FLAG: "Flagged", QUARANTINE: "Quarantined", BLOCK: "Blocked" };
  const SEVERITIES = ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"];
  const LAYERS = {
    UNKNOWN: "Unknown", AUTHENTICATION: "Authentication", AUTHORIZATION: "Authorization",
    SIGNATURE: "Signature", ANOMALY: "Anomaly", PROTOCOL: "Protocol", RATE_LIMIT: "Rate limit",
  };

  const $ = id => document.getElementById(id);
  const main = document.querySelector("main");

  let events = [];
  let points = [];
  let asked = 0;
  let answered = false;

  // ---- small things ----

  function element(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name === "data") {
        Object.assign(node.dataset, value);
      } else {
        node[name] = value;
      }
    }
    node.append(...children.filter(child => child !== null && child !== undefined));
    return node;
  }

  const sentence = word => word.charAt(0) + word.slice(1).toLowerCase().replaceAll("_", " ");
  const count = new Intl.NumberFormat("en");
  const rate = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

  function millis(value) {
    if (value === null) {
      return "–";
    }
    return value >= 1000 ? `${(value / 1000).toFixed(value >= 10000 ? 0 : 1)} s` : `${value.toFixed(value >= 100 ? 0 : 1)} ms`;
  }

  function bytes(size) {
    return size < 1024 ? `${size} bytes` : `${(size / 1024).toFixed(1)} KiB (${count.format(size)} bytes)`;
  }

  function duration(seconds) {
    if (seconds % 3600 === 0) {
      return seconds === 3600 ? "hour" : `${seconds / 3600} hours`;
    }
    return seconds % 60 === 0 && seconds > 60 ? `${seconds / 60} minutes` : `${seconds} seconds`;
  }

  function time(at) {
    const date = new Date(at);
    const clock = date.toLocaleTimeString("en-GB", { hour12: false });
    const today = date.toDateString() === new Date().toDateString();
    return today ? clock : `${date.toLocaleDateString("en-GB", { day: "2-digit", month: "short" })} ${clock}`;
  }

  /** A long id may go on in the next line behind an underscore, not in the middle of a word. */
  const breakable = id => id.split(/(?<=_)/).flatMap((word, i) => i === 0 ? [word] : [element("wbr"), word]);

  const severityBadge = severity => element("span", { className: "badge", textContent: sentence(severity), data: { severity } });
  const actionBadge = action => element("span", { className: "badge solid", textContent: ACTIONS[action] ?? sentence(action), data: { action } });
  const layerName = layer => LAYERS[layer] ?? sentence(layer);

  async function get(path) {
    const response = await fetch(path, { headers: { Accept: "application/json" } });
    if (!response.ok) {
      const problem = await response.json().catch(() => null);
      throw new Error(problem?.message ?? `${path}: ${response.status} ${response.statusText}`);
    }
    return response.json();
  }

  // ---- statistics ----

  function showStats(stats) {
    $("verdicts-hint").textContent = `All instances, last ${duration(stats.verdicts.seconds)}; rates are means over ${stats.rates.seconds} seconds`;
    for (const card of document.querySelectorAll("#verdicts .card")) {
      const key = card.dataset.action.toLowerCase();
      card.querySelector("[data-count]").textContent = count.format(stats.verdicts[key]);
      card.querySelector("[data-rate]").textContent = rate.format(stats.rates[key]);
    }
    $("rate-now").textContent = rate.format(stats.rates.total);
    $("instances").textContent = stats.instances === 1 ? "1 aggregator instance" : `${stats.instances} aggregator instances`;
    $("latency-hint").textContent = `Last ${duration(stats.decided.seconds)}`;
    showLatency($("decided"), stats.decided);
    showLatency($("delivered"), stats.delivered);
    const note = stats.delivered.count === 0
      ? "no deliveries sampled"
      : `sample of ${count.format(stats.delivered.count)} deliveries`;
    const waited = stats.delivered.waited > 0 ? `; ${count.format(stats.delivered.waited)} more waited over 30 s` : "";
    $("delivered").querySelector("[data-note]").textContent = note + waited;
    addPoint(stats.latest);
    draw();
  }

  function showLatency(row, latency) {
    row.querySelector("[data-p50]").textContent = millis(latency.p50Millis);
    row.querySelector("[data-p99]").textContent = millis(latency.p99Millis);
  }

  function addPoint(point) {
    points = points.filter(known => known.epochSecond !== point.epochSecond);
    points.push(point);
    points.sort((a, b) => a.epochSecond - b.epochSecond);
    const from = points[points.length - 1].epochSecond - Charts.SECONDS;
    points = points.filter(known => known.epochSecond > from);
  }

  function draw() {
    Charts.stacked($("rate-chart"), points, [
      { color: "--allow", value: p => p.allow },
      { color: "--flag", value: p => p.flag },
      { color: "--quarantine", value: p => p.quarantine },
      { color: "--block", value: p => p.block },
    ], "messages per second");
    Charts.lines($("latency-chart"), points, [
      { color: "--accent", value: p => p.p50Millis },
      { color: "--high", value: p => p.p99Millis },
    ], "milliseconds");
  }

  // ---- the table ----

  function filter() {
    return { severity: $("severity").value, text: $("text").value.trim().toLowerCase() };
  }

  function matches(event, { severity, text }) {
    if (severity && SEVERITIES.indexOf(event.severity) < SEVERITIES.indexOf(severity)) {
      return false;
    }
    const texts = [event.type, event.title, event.clientId, event.username, event.remoteAddress,
      event.topic, event.edge, event.layer, event.action];
    return !text || texts.some(value => value?.toLowerCase().includes(text));
  }

  async function loadEvents() {
    const turn = ++asked;
    const { severity, text } = filter();
    const query = new URLSearchParams({ limit: MOST_ROWS, severity, text });
    const loaded = await get(`/api/v1/events?${query}`);
    if (turn === asked) { // not overtaken by another filter
      answered = true;
      // What came live while the list was on its way is not in it, and stays.
      events = events.filter(event => matches(event, filter()));
      addEvents(loaded, false);
    }
  }

  function addEvents(more, arriving) {
    const wanted = filter();
    const known = new Set(events.map(event => event.id));
    const fresh = more.filter(event => !known.has(event.id) && matches(event, wanted));
    events = [...events, ...fresh]
      .sort((a, b) => a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? -1 : 1)
      .slice(0, MOST_ROWS);
    showRows(arriving ? new Set(fresh.map(event => event.id)) : new Set());
  }

  /** Rows that stay are moved, not made anew: focus and selection survive. */
  function showRows(arriving) {
    const body = $("rows");
    const present = new Map([...body.rows].map(row => [row.dataset.id, row]));
    events.forEach((event, place) => {
      const row = present.get(event.id) ?? newRow(event, arriving.has(event.id));
      present.delete(event.id);
      if (body.rows[place] !== row) {
        body.insertBefore(row, body.rows[place] ?? null);
      }
    });
    for (const gone of present.values()) {
      gone.remove();
    }
    showHint();
  }

  function showHint() {
    const { severity, text } = filter();
    const filtered = Boolean(severity || text);
    $("empty").hidden = events.length > 0;
    document.querySelector(".table-wrap").hidden = events.length === 0;
    $("empty-text").textContent = !answered
      ? "Loading the most recent events."
      : filtered
      ? "No recent security event matches the filter."
      : "No security events yet. Whatever is flagged, quarantined, blocked or refused appears here.";
    const many = events.length === MOST_ROWS ? `The ${MOST_ROWS} most recent` : events.length === 1 ? "1 event" : `${events.length} events`;
    const hint = events.length === 0 ? "" : many + (filtered ? (events.length === 1 ? " that matches" : " that match") : "");
    if ($("events-hint").textContent !== hint) { // a screen reader reads each change
      $("events-hint").textContent = hint;
    }
  }

  function newRow(event, arriving) {
    const button = element("button", {
      type: "button",
      textContent: time(event.at),
      title: event.at,
      ariaLabel: `Details of ${event.type}, ${time(event.at)}`,
    });
    const row = element("tr", { className: arriving ? "new" : "", data: { id: event.id } },
      element("td", { className: "time" }, button),
      element("td", {}, severityBadge(event.severity)),
      element("td", {}, actionBadge(event.action)),
      element("td", { className: "layer", textContent: layerName(event.layer) }),
      element("td", { className: "type" }, ...breakable(event.type)),
      element("td", { className: "source" },
        event.clientId || event.remoteAddress || event.edge,
        event.clientId && event.remoteAddress ? element("small", { textContent: event.remoteAddress }) : null),
      element("td", { className: "details" },
        event.title,
        event.topic ? element("small", { className: "mono", textContent: event.topic }) : null));
    row.addEventListener("click", () => {
      if (String(getSelection()) === "") { // somebody copies text out of the table
        openDetail(event.id, button);
      }
    });
    return row;
  }

  // ---- why: the detail view ----

  let opener = null;

  async function openDetail(id, from) {
    opener = from ?? null;
    let detail;
    try {
      detail = await get(`/api/v1/events/${encodeURIComponent(id)}`);
    } catch (problem) {
      showProblem(problem.message);
      return;
    }
    history.replaceState(null, "", `#event/${id}`);
    showDetail(detail);
  }

  function openDialog() {
    if (!$("detail").open) {
      $("detail").showModal();
    }
    $("detail-title").focus();
  }

  function showProblem(message) {
    $("detail-badges").replaceChildren();
    $("detail-title").textContent = "This event cannot be shown";
    $("detail-body").replaceChildren(element("p", { textContent: message }));
    openDialog();
  }

  function showDetail(detail) {
    const { event } = detail;
    $("detail-badges").replaceChildren(
      severityBadge(event.severity), actionBadge(event.action),
      element("span", { className: "badge", textContent: layerName(event.layer) }));
    $("detail-title").textContent = event.title;
    $("detail-body").replaceChildren(
      section("What happened", facts([
        ["Time", `${new Date(event.at).toLocaleString("en-GB")} (${event.at})`],
        ["Type", event.type, true],
        ["Client", event.clientId || "not named", Boolean(event.clientId)],
        ["User", event.username, true],
        ["Address", event.remoteAddress, true],
        ["Topic", event.topic, true],
        ["Edge", `${event.edge} (region ${detail.region})`],
        ["Message", detail.acceptedAt ? `epoch ${detail.epoch}, sequence ${detail.sequence}, accepted ${detail.acceptedAt}` : null],
        ["Event", event.id, true],
      ])),
      section("Why", detail.findings.length > 0
        ? element("div", {}, ...detail.findings.map(finding))
        : element("p", { className: "hint", textContent: "Refused at the edge, before there was a message to inspect." })),
      attributes(detail.attributes),
      payload(detail));
    openDialog();
  }

  function section(title, ...content) {
    return element("section", {}, element("h3", { textContent: title }), ...content);
  }

  function facts(pairs) {
    const list = element("dl", { className: "facts" });
    for (const [name, value, mono] of pairs) {
      if (value !== null && value !== undefined && value !== "") {
        list.append(element("dt", { textContent: name }), element("dd", { textContent: value, className: mono ? "mono" : "" }));
      }
    }
    return list;
  }

  function attributes(values) {
    const pairs = Object.entries(values).sort(([a], [b]) => a < b ? -1 : 1);
    return pairs.length > 0 ? section("Attributes", facts(pairs.map(([name, value]) => [name.replaceAll("_", " "), value, true]))) : "";
  }

  function finding(found) {
    const pairs = Object.entries(found.attributes).sort(([a], [b]) => a < b ? -1 : 1);
    return element("article", { className: "finding", data: { severity: found.severity } },
      element("header", {},
        element("h4", { textContent: found.ruleId }),
        severityBadge(found.severity), actionBadge(found.action),
        found.shadow ? element("span", { className: "badge", textContent: "On trial: does not count" }) : null),
      element("p", { textContent: found.title }),
      facts([
        ["Stage", found.stage],
        ["Kind", sentence(found.analyticType)],
        ["Rule version", found.ruleVersion, true],
        ["Time spent", found.elapsedMicros > 0 ? `${found.elapsedMicros.toFixed(1)} µs` : null],
        ...pairs.map(([name, value]) => [name.replaceAll("_", " "), value, true]),
      ]),
      ...found.evidence.map(evidence),
      found.tags.length > 0
        ? element("p", { className: "tags" }, ...found.tags.map(tag => element("span", { className: "badge", textContent: tag })))
        : null);
  }

  function evidence(seen) {
    const place = seen.offset >= 0 ? `, byte ${count.format(seen.offset)}, ${count.format(seen.length)} bytes long` : "";
    const view = seen.view === "raw" ? "as it came" : `decoded as ${seen.view}`;
    return element("div", { className: "evidence" },
      element("p", { textContent: `Seen in ${seen.field}, ${view}${place}` }),
      seen.excerpt ? element("pre", { textContent: seen.excerpt }) : null);
  }

  function payload(detail) {
    if (detail.payloadSha256 === null && detail.payloadSize === 0) {
      return "";
    }
    return section("Payload",
      facts([["Size", bytes(detail.payloadSize)], ["SHA-256", detail.payloadSha256, true]]),
      detail.payloadExcerpt
        ? element("pre", { textContent: detail.payloadExcerpt, id: "payload-excerpt", ariaLabel: "Beginning of the payload, control characters escaped" })
        : element("p", { className: "hint", textContent: "No excerpt." }));
  }

  $("detail-close").addEventListener("click", () => $("detail").close());
  $("detail").addEventListener("click", event => {
    if (event.target === $("detail")) { // the backdrop
      $("detail").close();
    }
  });
  $("detail").addEventListener("close", () => {
    history.replaceState(null, "", location.pathname);
    if (opener?.isConnected) {
      opener.focus();
    } else {
      $("events-title").focus();
    }
  });

  // ---- the connection ----

  let source = null;
  let lastHeard = 0;

  function connection(state, text) {
    if ($("connection").dataset.state !== state) {
      $("connection").dataset.state = state;
      $("connection-text").textContent = text;
      main.classList.toggle("stale", state === "lost");
    }
  }

  function heard() {
    lastHeard = Date.now();
    connection("live", "Live");
  }

  function connect() {
    source = new EventSource("/api/v1/stream");
    source.addEventListener("open", () => {
      heard();
      // What happened while nobody listened.
      refresh();
    });
    source.addEventListener("stats", message => {
      heard();
      showStats(JSON.parse(message.data));
    });
    source.addEventListener("events", message => {
      heard();
      addEvents(JSON.parse(message.data), true);
    });
    source.addEventListener("error", () => {
      connection("lost", "Reconnecting");
      if (source.readyState === EventSource.CLOSED) { // refused: the browser does not try again by itself
        setTimeout(connect, REOPEN_MILLIS);
      }
    });
  }

  async function refresh() {
    try {
      await Promise.all([
        loadEvents(),
        get("/api/v1/stats/history").then(history => {
          points = history;
          draw();
        }),
      ]);
    } catch (problem) {
      console.warn("Not loaded, is tried again with the next connection:", problem.message);
    }
  }

  setInterval(() => {
    if (lastHeard > 0 && Date.now() - lastHeard > SILENCE_MILLIS) {
      connection("lost", "Reconnecting");
    }
  }, 1000);

  // ---- the start ----

  let typing = null;
  $("filters").addEventListener("submit", event => event.preventDefault());
  $("severity").addEventListener("change", () => loadEvents().catch(problem => console.warn(problem.message)));
  $("text").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => loadEvents().catch(problem => console.warn(problem.message)), 150);
  });
  new ResizeObserver(draw).observe($("rate-chart"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  showHint();
  connect();
  const linked = /^#event\/([0-9a-f]{32})$/.exec(location.hash);
  if (linked) {
    openDetail(linked[1], null);
  }
})();
