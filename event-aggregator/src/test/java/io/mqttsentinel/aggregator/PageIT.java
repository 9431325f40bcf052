package io.mqttsentinel.aggregator;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.mqttsentinel.aggregator.Messages.finding;
import static io.mqttsentinel.aggregator.Messages.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Requires;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page as an analyst has it: in a real browser, with what an attacker sent. */
class PageIT {

  private static final String ATTACK =
      "<script>window.attacked=1</script><img src=x onerror='window.attacked=1'>";

  private static RunningAggregator aggregator;
  private static Playwright playwright;
  private static Browser browser;

  private final String client = "page-" + UUID.randomUUID().toString().substring(0, 8);
  private final List<String> complaints = new ArrayList<>();
  private BrowserContext context;
  private Page page;

  @BeforeAll
  static void start() {
    Path chromium = Requires.anyProgram("chromium", "chromium-browser", "google-chrome");
    aggregator = RunningAggregator.start("page-0", Map.of());
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--no-first-run")));
  }

  @AfterAll
  static void stop() {
    if (playwright != null) {
      playwright.close();
    }
    if (aggregator != null) {
      aggregator.close();
    }
  }

  @BeforeEach
  void open() {
    PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(1280, 900)
                .setColorScheme(ColorScheme.LIGHT)
                .setReducedMotion(ReducedMotion.REDUCE));
    context.setDefaultTimeout(60_000);
    page = context.newPage();
    page.onConsoleMessage(said -> complaints.add(said.type() + ": " + said.text()));
    page.onPageError(error -> complaints.add("error: " + error));
    page.navigate(aggregator.url("/"));
    assertThat(page.locator("#connection")).hasText("Live");
  }

  @Test
  void doesNotSayThatNothingHappenedBeforeItKnows() {
    try (Page early = context.newPage()) {
      early.route("**/api/v1/stream", _ -> {}); // which is never answered
      early.navigate(aggregator.url("/"));
      assertThat(early.locator("#empty-text")).hasText("Loading the most recent events.");
    }
  }

  @AfterEach
  void nothingIsComplainedAbout() {
    // A violation of the Content-Security-Policy is an error on the console.
    context.close();
    assertEquals(List.of(), complaints);
  }

  @Test
  void halfOfAScaleIsNotRounded() {
    Object labels = page.evaluate("() => [1.25, 12.5, 125, 1250, 12500, 0].map(Charts.format)");
    assertEquals(List.of("1.25", "12.5", "125", "1250", "12.5k", "0"), labels);
  }

  @Test
  void newEventAppearsWithoutReload() {
    block(client, "' OR 1=1");
    assertThat(row()).containsText("sql_injection");
    assertThat(row()).containsText("Blocked");
    assertThat(page.locator("[data-action=BLOCK] [data-count]")).not().hasText("0");
  }

  @Test
  void wordsOfALongIdStayWhole() {
    String id = "path_traversal_to_system_files_of_everybody";
    send(message(client, 1, "x", finding(id, Action.BLOCK, Severity.HIGH)));
    Locator type = row().locator("td.type");
    assertThat(type).hasText(id);
    Object brokenWords =
        type.evaluate(
            """
            cell => [...cell.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
                .filter(word => {
                  const range = document.createRange();
                  range.selectNodeContents(word);
                  return range.getClientRects().length > 1;
                }).map(word => word.data)
            """);
    assertEquals(List.of(), brokenWords);
  }

  @Test
  void nothingOverlapsOnAPhone() {
    page.setViewportSize(390, 844);
    send(message(client, 1, "x", finding("first", Action.QUARANTINE, Severity.INFORMATIONAL)));
    Locator badges = row().locator(".badge");
    assertThat(badges).hasCount(2);
    BoundingBox severity = badges.nth(0).boundingBox();
    BoundingBox action = badges.nth(1).boundingBox();
    assertTrue(
        severity.x + severity.width < action.x || severity.y + severity.height < action.y,
        "the badges overlap");
    assertEquals(390, page.evaluate("() => document.documentElement.scrollWidth"));
  }

  @Test
  void detailSaysWhy() {
    block(client, "' OR 1=1");
    row().click();
    Locator detail = page.locator("#detail");
    assertThat(detail).isVisible();
    assertThat(detail.locator(".finding"))
        .containsText("Seen in payload, as it came, byte 3, 4 bytes long");
    assertThat(detail.locator(".finding")).containsText("DROP");
    assertThat(detail.locator(".finding")).containsText("CWE-89");
    assertThat(detail.locator("#payload-excerpt")).hasText("' OR 1=1");
    assertThat(detail).containsText("SHA-256");
    page.locator("#detail-close").click();
    assertThat(detail).isHidden();
  }

  @Test
  void attackIsShownAsTextAndDoesNotRun() {
    Finding finding =
        Finding.newBuilder(finding("xss_attempt", Action.BLOCK, Severity.HIGH))
            .setTitle("Script " + ATTACK)
            .setAttributes(Map.of(ATTACK, ATTACK))
            .setTags(List.of(ATTACK))
            .setEvidence(List.of(new Evidence("payload", "raw", 0, 8, ATTACK)))
            .build();
    InspectedMessage message = message(client, 1, ATTACK, finding);
    message.setUsername(ATTACK);
    message.setTopic("clients/" + ATTACK);
    send(message);
    assertThat(row()).containsText(ATTACK);
    row().click();
    assertThat(page.locator("#payload-excerpt")).hasText(ATTACK);
    assertThat(page.locator(".evidence pre")).hasText(ATTACK);
    assertNull(page.evaluate("window.attacked ?? null"));
    assertEquals(0, page.locator("#detail img, #rows img, #detail script").count());
  }

  @Test
  void keyboardOpensDetailsAndComesBack() {
    block(client, "x");
    Locator button = row().getByRole(AriaRole.BUTTON);
    button.focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("#detail-title")).isFocused();
    page.keyboard().press("Escape");
    assertThat(page.locator("#detail")).isHidden();
    assertThat(button).isFocused();
  }

  @Test
  void eventThatComesWhileTheListIsLoadedStays() {
    String earlier = client + "-earlier";
    block(earlier, "x");
    assertThat(row(earlier)).isVisible();
    List<Runnable> answers = new ArrayList<>();
    page.route(
        "**/api/v1/events?*",
        route -> {
          APIResponse answer = route.fetch();
          answers.add(() -> route.fulfill(new Route.FulfillOptions().setResponse(answer)));
        });
    page.reload();
    assertThat(page.locator("#connection")).hasText("Live");
    page.waitForCondition(() -> !answers.isEmpty());
    String live = client + "-live";
    block(live, "x");
    assertThat(row(live)).isVisible();
    assertThat(row(earlier)).isHidden();
    answers.forEach(Runnable::run);
    assertThat(row(earlier)).isVisible();
    assertThat(row(live)).isVisible();
  }

  @Test
  void filterLeavesWhatMatches() {
    send(message(client, 1, finding("minor", Action.FLAG, Severity.LOW)));
    send(message(client, 2, finding("major", Action.BLOCK, Severity.CRITICAL)));
    page.locator("#text").fill(client);
    assertThat(page.locator("#rows tr")).hasCount(2);
    page.locator("#severity").selectOption("HIGH");
    assertThat(page.locator("#rows tr")).hasCount(1);
    assertThat(row()).containsText("major");
    assertThat(page.locator("#events-hint")).hasText("1 event that matches");
    send(message(client, 3, finding("minor", Action.FLAG, Severity.LOW)));
    send(message(client, 4, finding("major", Action.BLOCK, Severity.HIGH)));
    assertThat(page.locator("#rows tr")).hasCount(2);
    page.locator("#text").fill("nobody has this name");
    assertThat(page.locator("#empty")).containsText("matches the filter");
  }

  @Test
  void lostConnectionIsSaidAndComesBack() {
    context.setOffline(true);
    aggregator.bean(LiveStream.class).hangUp();
    assertThat(page.locator("#connection")).hasText("Reconnecting");
    block(client, "meanwhile");
    context.setOffline(false);
    assertThat(page.locator("#connection")).hasText("Live");
    assertThat(row()).containsText("sql_injection");
    // The browser itself reports the connection that was cut.
    complaints.removeIf(said -> said.contains("net::ERR_"));
  }

  @Test
  void linkToAnEventOpensIt() {
    block(client, "x");
    row().click();
    assertThat(page.locator("#detail-title")).hasText("Title of sql_injection");
    page.navigate("about:blank");
    String id = EventId.ofMessage(client, 7, 1);
    page.navigate(aggregator.url("/#event/" + id));
    assertThat(page.locator("#detail-body")).containsText(id);
  }

  private Locator row() {
    return row(client);
  }

  private Locator row(String clientId) {
    return page.locator("#rows tr")
        .filter(new Locator.FilterOptions().setHasText(clientId))
        .first();
  }

  private static void block(String clientId, String payload) {
    send(message(clientId, 1, payload, finding("sql_injection", Action.BLOCK, Severity.HIGH)));
  }

  private static void send(InspectedMessage message) {
    message.setAcceptedAt(Instant.now());
    aggregator.send(Topics.INSPECTED_AUTH, message.getClientId(), message);
  }
}
