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
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every detector keeps to. */
class DetectorContractTest {

  private static final int EXCERPT_BOUND = 64;

  /** A detector, a message that it finds unusual, and the pace of that message's client. */
  record Unusual(Detector detector, InspectedMessage message, Pace pace) {

    Optional<Finding> inspect() {
      return detector.inspect(message, pace, START.toEpochMilli());
    }

    @Override
    public String toString() {
      return detector.ruleId();
    }
  }

  static Stream<Unusual> unusual() {
    Pace busy = new Pace();
    for (int i = 0; i < 200; i++) {
      busy.count(START.toEpochMilli(), 1000);
    }
    return Stream.of(
        new Unusual(
            new PayloadSizeDetector(DEFAULTS), Samples.message("a".repeat(20_000)), new Pace()),
        new Unusual(
            new PayloadEntropyDetector(DEFAULTS),
            Samples.message("secret=" + Base64.getEncoder().encodeToString(random(900, 1))),
            new Pace()),
        new Unusual(new PublishRateDetector(DEFAULTS), Samples.message("21.5"), busy));
  }

  static Stream<Detector> detectors() {
    return AnomalyDetectorTopology.detectors(DEFAULTS).stream();
  }

  @Test
  void everyDetectorIsHereAndRunsUnderARuleOfItsOwn() {
    Set<String> tried = unusual().map(u -> u.detector().ruleId()).collect(Collectors.toSet());
    assertEquals(detectors().map(Detector::ruleId).collect(Collectors.toSet()), tried);
    assertEquals(detectors().count(), tried.size());
  }

  @ParameterizedTest
  @MethodSource("unusual")
  void findingSaysWhatWasExpectedAndWhatWasSeen(Unusual unusual) {
    Finding finding = unusual.inspect().orElseThrow();
    assertEquals(unusual.detector().ruleId(), finding.getRuleId());
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
        assertEquals(Optional.empty(), detector.inspect(message, new Pace(), 0));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void payloadThatIsASliceIsReadFromItsPosition(Detector detector) {
    InspectedMessage message = Samples.message("");
    message.setPayload(ByteBuffer.wrap(random(20_000, 2)).slice(5, 20).position(3));
    assertEquals(Optional.empty(), detector.inspect(message, new Pace(), 0));
    assertEquals(17, message.getPayload().remaining());
  }
}
