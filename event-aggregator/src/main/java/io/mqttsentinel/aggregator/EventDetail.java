package io.mqttsentinel.aggregator;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.SecurityEvent;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All that is known of one event: why it came about. */
@Serdeable
@JsonInclude(JsonInclude.Include.ALWAYS)
record EventDetail(
    EventSummary event,
    String region,
    String epoch,
    long sequence,
    @Nullable String acceptedAt,
    int payloadSize,
    @Nullable String payloadSha256,
    String payloadExcerpt,
    Map<String, String> attributes,
    List<FindingDetail> findings) {

  static EventDetail of(SecurityEvent event) {
    return new EventDetail(
        EventSummary.of(event),
        event.getRegion(),
        // Beyond what JavaScript's numbers hold exactly.
        Long.toString(event.getEpoch()),
        event.getSequence(),
        Objects.toString(event.getAcceptedAt(), null),
        event.getPayloadSize(),
        event.getPayloadSha256(),
        event.getPayloadExcerpt(),
        event.getAttributes(),
        event.getFindings().stream().map(FindingDetail::of).toList());
  }

  /** What one check of one stage had to say. */
  @Serdeable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record FindingDetail(
      String ruleId,
      String ruleVersion,
      String stage,
      String analyticType,
      String severity,
      String action,
      boolean shadow,
      String title,
      double elapsedMicros,
      Map<String, String> attributes,
      List<String> tags,
      List<EvidenceDetail> evidence) {

    static FindingDetail of(Finding finding) {
      return new FindingDetail(
          finding.getRuleId(),
          finding.getRuleVersion(),
          finding.getStage(),
          finding.getAnalyticType().name(),
          finding.getSeverity().name(),
          finding.getAction().name(),
          finding.getShadow(),
          finding.getTitle(),
          finding.getElapsedNanos() / 1000.0,
          finding.getAttributes(),
          finding.getTags(),
          finding.getEvidence().stream().map(EvidenceDetail::of).toList());
    }
  }

  /** Where it was seen; an offset of -1 has no place. */
  @Serdeable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record EvidenceDetail(String field, String view, int offset, int length, String excerpt) {

    static EvidenceDetail of(Evidence evidence) {
      return new EvidenceDetail(
          evidence.getField(),
          evidence.getView(),
          evidence.getOffset(),
          evidence.getLength(),
          evidence.getExcerpt());
    }
  }
}
