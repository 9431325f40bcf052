package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Translates one Suricata rule. Addresses, ports and the direction are left aside: here every
 * message comes from a client. Options that only describe are taken over, those that only make a
 * sensor faster are dropped, and any other is a reason to refuse the rule.
 */
final class SuricataRule {

  private static final int LONGEST = 32 * 1024;
  private static final Set<String> PROTOCOLS =
      Set.of("mqtt", "tcp", "tcp-pkt", "tcp-stream", "ip", "any");

  private static final Set<String> DIRECTIONS = Set.of("->", "<>", "=>");

  /** Without a say in what is found. */
  private static final Set<String> IGNORED =
      Set.of("flow", "fast_pattern", "prefilter", "rawbytes", "gid", "target");

  private final String text;
  private final Map<SuricataBuffer, List<SuricataContent>> contents =
      new EnumMap<>(SuricataBuffer.class);
  private final SuricataLabels labels = new SuricataLabels();
  private SuricataBuffer buffer = SuricataBuffer.STREAM;
  private SuricataContent content;
  private SuricataOption type;
  private Threshold threshold;

  SuricataRule(String text) {
    this.text = text;
  }

  /**
   * @throws ImportRefusedException if there is no rule with the same meaning
   */
  ImportedRule translated() {
    int open = text.indexOf('(');
    String[] header = text.substring(0, Math.max(0, open)).strip().split("\\s+");
    boolean directed = List.of(header).stream().anyMatch(DIRECTIONS::contains);
    if (text.length() > LONGEST || header.length < 7 || !directed || !text.endsWith(")")) {
      throw new ImportRefusedException(
          "is no rule, expected: action protocol source port -> destination port (options)");
    }
    Action action = action(header[0]);
    if (!PROTOCOLS.contains(header[1])) {
      throw new ImportRefusedException("protocol '%s' is not MQTT".formatted(header[1]));
    }
    SuricataOption.parse(text.substring(open + 1, text.length() - 1)).forEach(this::take);
    SuricataBuffer searched = searched();
    if (type != null && !searched.type().equals(typeName())) {
      throw type.refusal("has no " + searched.shown());
    }
    List<String> topics =
        contents.size() == 1
            ? List.of()
            : List.of(SuricataTopic.filter(contents.get(searched.topic())));
    List<SuricataContent> sought = contents.get(searched);
    Fragments.Joined match = SuricataChain.join(sought);
    if (searched == SuricataBuffer.STREAM) {
      refusePlaces(sought);
    }
    return new ImportedRule(
        labels.id(),
        labels.name(),
        labels.version(),
        "",
        match,
        action,
        labels.severity(),
        labels.tags(),
        searched.field(),
        topics,
        threshold,
        true,
        false);
  }

  private static Action action(String name) {
    return switch (name) {
      case "alert" -> Action.FLAG;
      case "drop", "reject", "rejectsrc", "rejectdst", "rejectboth" -> Action.BLOCK;
      default ->
          throw new ImportRefusedException(
              "action '%s', expected alert, drop or reject".formatted(name));
    };
  }

  private void take(SuricataOption option) {
    if (labels.take(option) || IGNORED.contains(option.name())) {
      return;
    }
    if (content != null && content.modify(option)) {
      return;
    }
    SuricataBuffer.of(option.name())
        .ifPresentOrElse(
            named -> {
              buffer = named;
              content = null;
            },
            () -> takeOther(option));
  }

  private void takeOther(SuricataOption option) {
    switch (option.name()) {
      case "content" -> add(SuricataContent.content(option));
      case "pcre" -> add(SuricataContent.pcre(option));
      case "mqtt.type" -> type = option;
      case "threshold", "detection_filter" -> {
        if (threshold != null) {
          throw option.refusal("a second threshold");
        }
        threshold = SuricataThreshold.of(option);
      }
      case "app-layer-protocol" -> {
        if (!option.value().equals("mqtt")) {
          throw option.refusal("is not MQTT");
        }
      }
      case "flowbits" -> {
        // What is noted for other rules has no say in this one.
        if (!option.value().matches("(?:set|unset|toggle)\\s*,.*")) {
          throw option.refusal("depends on other rules");
        }
      }
      default ->
          throw new ImportRefusedException(
              "option '%s' has no counterpart".formatted(ImportedRule.shown(option.name())));
    }
  }

  private void add(SuricataContent added) {
    content = added;
    contents.computeIfAbsent(buffer, _ -> new ArrayList<>()).add(added);
  }

  /** The one buffer that is searched; beside a message its topic may be named in full. */
  private SuricataBuffer searched() {
    if (contents.isEmpty()) {
      throw new ImportRefusedException("has no content and no pcre");
    }
    Set<SuricataBuffer> buffers = contents.keySet();
    for (SuricataBuffer one : buffers) {
      boolean besideTopic =
          one.topic() != null && buffers.size() == 2 && buffers.contains(one.topic());
      if (buffers.size() == 1 || besideTopic) {
        return one;
      }
    }
    throw new ImportRefusedException(
        "looks into several buffers: "
            + String.join(", ", buffers.stream().map(SuricataBuffer::shown).toList()));
  }

  private String typeName() {
    return switch (type.value()) {
      case "1" -> "CONNECT";
      case "3" -> "PUBLISH";
      default -> type.value();
    };
  }

  /** Where a message begins in a connection is known to nobody. */
  private static void refusePlaces(List<SuricataContent> sought) {
    for (int i = 0; i < sought.size(); i++) {
      if (sought.get(i).isPlaced(i == 0)) {
        throw new ImportRefusedException(
            "offset, depth, startswith, endswith or an anchor without a buffer: a place in the"
                + " TCP stream");
      }
    }
  }
}
