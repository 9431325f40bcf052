package io.mqttsentinel.anomaly;

import static io.mqttsentinel.anomaly.Samples.DEFAULTS;
import static io.mqttsentinel.anomaly.Samples.START;
import static io.mqttsentinel.anomaly.Samples.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every detector keeps to. */
class DetectorContractTest {

  private static final int EXCERPT_BOUND = 64;

  /** A detector, a profile, and a message that is unusual for it. */
  record Unusual(Detector detector, InspectedMessage message, Profile profile) {

    Optional<Finding> inspect() {
      return detector.inspect(Samples.seen(message), profile);
    }

    @Override
    public String toString() {
      return detector.alarm().ruleId();
    }
  }

  static Stream<Unusual> unusual() {
    return detectors().map(DetectorContractTest::unusual);
  }

  /** The profile knows a client well, and all but the last message of what is unusual. */
  private static Unusual unusual(Detector detector) {
    Client client = new Client(List.of(detector));
    switch (detector.alarm()) {
      case PAYLOAD_OVERSIZED -> client.next().payload("a".repeat(20_000));
      case PAYLOAD_HIGH_ENTROPY ->
          client.next().payload("secret=" + Base64.getEncoder().encodeToString(random(900, 1)));
      case PUBLISH_RATE -> client.send(100, Duration.ofMillis(2)).next(Duration.ofMillis(2));
      case PUBLISH_RATE_RISE ->
          client
              .send(400, Duration.ofSeconds(10))
              .send(149, Duration.ofMillis(200))
              .next(Duration.ofMillis(200));
      case PAYLOAD_SIZE_RISE ->
          client
              .send(50, Duration.ofSeconds(10))
              .payload("x".repeat(6000))
              .send(2, Duration.ofSeconds(10))
              .next();
      case PAYLOAD_ENTROPY_SHIFT ->
          client
              .send(50, Duration.ofSeconds(10))
              .payload(Base64.getEncoder().encodeToString(random(60, 1)))
              .send(2, Duration.ofSeconds(10))
              .next();
      case PAYLOAD_TYPE_CHANGE ->
          client
              .send(50, Duration.ofSeconds(10))
              .payload(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8})
              .send(2, Duration.ofSeconds(10))
              .next();
      case TOPIC_NOVELTY ->
          client
              .send(100, Duration.ofSeconds(10))
              .topic("a")
              .send(1, Duration.ofSeconds(1))
              .topic("b")
              .send(1, Duration.ofSeconds(1))
              .topic("c");
      case NEW_ORIGIN ->
          client.send(3000, Duration.ofMinutes(1)).address("203.0.113.9:1000").next();
      case OFF_HOURS -> {
        for (int day = 0; day < 10; day++) {
          client.at(START.plus(Duration.ofDays(day).plusHours(9)));
          client.send(60, Duration.ofMinutes(5));
        }
        client.at(START.plus(Duration.ofDays(10).plusHours(2))).send(2, Duration.ofSeconds(10));
      }
      default -> throw new AssertionError(detector.alarm() + " is not tried");
    }
    return new Unusual(detector, client.message(), client.profile());
  }

  static Stream<Detector> detectors() {
    return AnomalyDetectorTopology.detectors(DEFAULTS, Samples.origins()).stream();
  }

  @Test
  void everyDetectorRunsUnderARuleOfItsOwn() {
    assertEquals(10, detectors().map(detector -> detector.alarm().ruleId()).distinct().count());
    assertEquals(
        Set.of(Alarm.values()).size(),
        Stream.of(Alarm.values()).mapToInt(Alarm::place).distinct().count());
  }

  @ParameterizedTest
  @MethodSource("unusual")
  void findingSaysWhatWasExpectedAndWhatWasSeen(Unusual unusual) {
    Finding finding = unusual.inspect().orElseThrow();
    assertEquals(Anomaly.VERSION, finding.getRuleVersion());
    assertEquals(unusual.detector().alarm().ruleId(), finding.getRuleId());
    assertEquals("anomaly-detector", finding.getStage());
    assertTrue(
        Set.of(AnalyticType.STATISTICAL, AnalyticType.BEHAVIORAL)
            .contains(finding.getAnalyticType()));
    assertTrue(finding.getAction().compareTo(Action.ALLOW) > 0);
    assertFalse(finding.getTitle().isBlank());
    for (String attribute : Set.of("expected", "observed", "threshold")) {
      assertFalse(finding.getAttributes().get(attribute).isBlank(), attribute);
    }
  }

  @ParameterizedTest
  @MethodSource("unusual")
  void evidenceLiesInsideThePayloadAndIsBounded(Unusual unusual) {
    int size = unusual.message().getPayload().remaining();
    for (Evidence evidence : unusual.inspect().orElseThrow().getEvidence()) {
      assertTrue(evidence.getOffset() >= 0 && evidence.getLength() > 0);
      assertTrue(evidence.getOffset() + evidence.getLength() <= size);
      assertTrue(evidence.getExcerpt().length() <= EXCERPT_BOUND);
      assertTrue(evidence.getExcerpt().chars().allMatch(c -> c >= ' ' && c < 127));
    }
  }

  @ParameterizedTest
  @MethodSource("unusual")
  void messageStaysAsItIs(Unusual unusual) {
    InspectedMessage before = InspectedMessage.newBuilder(unusual.message()).build();
    unusual.inspect();
    assertEquals(before, unusual.message());
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void emptyAndOrdinaryMessagesAreNotUnusual(Detector detector) {
    for (String payload : new String[] {"", "21.5", "{\"t\":21.5,\"rh\":40,\"id\":\"a1\"}"}) {
      for (MessageSource source : MessageSource.values()) {
        InspectedMessage message =
            Samples.message(
                source, "dev-1", payload.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(Optional.empty(), detector.inspect(Samples.seen(message), new Profile()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void payloadThatIsASliceIsReadFromItsPosition(Detector detector) {
    InspectedMessage message = Samples.message("");
    message.setPayload(ByteBuffer.wrap(random(20_000, 2)).slice(5, 20).position(3));
    assertEquals(Optional.empty(), detector.inspect(Samples.seen(message), new Profile()));
    assertEquals(17, message.getPayload().remaining());
  }
}
