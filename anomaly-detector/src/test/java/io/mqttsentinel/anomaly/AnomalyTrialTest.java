package io.mqttsentinel.anomaly;

import static io.mqttsentinel.anomaly.Samples.DEFAULTS;
import static io.mqttsentinel.anomaly.Samples.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.anomaly.AnomalyExplanation.Step;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AnomalyTrialTest {

  private static final byte[] USUAL = text("{\"temperature\":21.5,\"humidity\":40}");
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final AnomalyTrial trial = new AnomalyTrial(DEFAULTS);
  private int sent;

  @Test
  void aFreshClientHasFixedLimitsOnly() {
    AnomalyExplanation ordinary = trial.judge(List.of(message("a", USUAL, PAUSE)));
    assertEquals(List.of(), ordinary.findings());
    assertFalse(ordinary.hasBaseline());
    assertEquals(0, ordinary.learned());
    AnomalyExplanation large = trial.judge(List.of(message("a", new byte[20_480], PAUSE)));
    Finding finding = large.findings().getFirst();
    assertEquals("payload_oversized", finding.getRuleId());
    assertEquals(Action.QUARANTINE, finding.getAction());
    assertEquals("at most 10240 bytes", finding.getAttributes().get("expected"));
    assertEquals("20480 bytes", finding.getAttributes().get("observed"));
    assertEquals("2.0", finding.getAttributes().get("factor"));
  }

  @Test
  void asksEveryDetectorThatOnePayloadSaysSomethingTo() {
    AnomalyExplanation explained = trial.judge(List.of(message("a", USUAL, PAUSE)));
    assertEquals(
        List.of(
            "payload_oversized",
            "payload_high_entropy",
            "publish_rate",
            "publish_rate_rise",
            "payload_size_rise",
            "payload_entropy_shift",
            "payload_type_change",
            "topic_novelty"),
        explained.steps().stream().map(Step::rule).toList());
    explained.steps().forEach(step -> assertTrue(step.nanos() > 0, step.rule()));
    assertEquals(Anomaly.VERSION, explained.version());
  }

  @Test
  void oneUnusualPayloadIsExplainedButNoFinding() {
    learn(40);
    AnomalyExplanation explained =
        trial.judge(List.of(message("new", text("x".repeat(5000)), PAUSE)));
    assertTrue(explained.hasBaseline());
    assertEquals(40, explained.learned());
    assertEquals(List.of(), explained.findings());
    for (String rule : List.of("payload_size_rise", "payload_type_change", "topic_novelty")) {
      Step step = step(explained, rule);
      assertFalse(step.isFinding(), rule);
      assertTrue(step.unusual().orElseThrow().getAttributes().containsKey("expected"), rule);
    }
    assertTrue(step(explained, "payload_high_entropy").unusual().isEmpty());
  }

  @Test
  void severalInARowAreAFinding() {
    learn(40);
    AnomalyExplanation explained = trial.judge(times(3, text("x".repeat(5000)), PAUSE));
    assertTrue(rules(explained).contains("payload_size_rise"), rules(explained).toString());
    assertTrue(rules(explained).contains("payload_type_change"), rules(explained).toString());
    for (Finding finding : explained.findings()) {
      assertEquals(Anomaly.VERSION, finding.getRuleVersion());
    }
  }

  @Test
  void judgesThePace() {
    learn(40);
    assertEquals(
        List.of("publish_rate"), rules(trial.judge(times(150, USUAL, Duration.ofMillis(6)))));
  }

  @Test
  void whatIsUsualIsNothing() {
    learn(40);
    AnomalyExplanation explained = trial.judge(List.of(message("a", USUAL, PAUSE)));
    assertEquals(List.of(), explained.findings());
    explained.steps().forEach(step -> assertTrue(step.unusual().isEmpty(), step.rule()));
  }

  @Test
  void takesTheConfigurationOfTheService() {
    String key = "sentinel.anomaly-detector.payload-limit";
    System.setProperty(key, "10");
    try {
      AnomalyTrial configured = AnomalyTrial.configured();
      assertEquals(
          List.of("payload_oversized"),
          rules(configured.judge(List.of(message("a", USUAL, PAUSE)))));
      System.setProperty(key, "0");
      IllegalArgumentException refusal =
          assertThrows(IllegalArgumentException.class, AnomalyTrial::configured);
      assertTrue(refusal.getMessage().contains(key), refusal.getMessage());
    } finally {
      System.clearProperty(key);
    }
  }

  private void learn(int count) {
    for (int i = 0; i < count; i++) {
      trial.learn(message("a", USUAL, PAUSE));
    }
  }

  private List<InspectedMessage> times(int count, byte[] payload, Duration pause) {
    List<InspectedMessage> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(message("a", payload, pause));
    }
    return messages;
  }

  private InspectedMessage message(String topic, byte[] payload, Duration pause) {
    InspectedMessage message = Samples.message(MessageSource.DEVICE, "device", payload);
    message.setTopic(topic);
    message.setEpoch(1);
    message.setSequence(++sent);
    message.setAcceptedAt(
        START.plus(pause.multipliedBy(sent)).plus(Duration.ofHours(later(pause))));
    return message;
  }

  /** A quicker pace begins after the slower one. */
  private static int later(Duration pause) {
    return pause.equals(PAUSE) ? 0 : 1;
  }

  private static Step step(AnomalyExplanation explained, String rule) {
    return explained.steps().stream()
        .filter(step -> step.rule().equals(rule))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> rules(AnomalyExplanation explained) {
    return explained.findings().stream().map(Finding::getRuleId).toList();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
