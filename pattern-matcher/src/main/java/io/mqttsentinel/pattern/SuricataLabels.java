package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What a Suricata rule says of itself: number, title, severity and references. */
final class SuricataLabels {

  private static final Set<String> SEVERE_CLASSES =
      Set.of(
          "attempted-admin",
          "attempted-user",
          "command-and-control",
          "credential-theft",
          "domain-c2",
          "exploit-kit",
          "shellcode-detect",
          "successful-admin",
          "successful-user",
          "targeted-activity",
          "trojan-activity",
          "web-application-attack");
  private static final Set<String> MILD_CLASSES =
      Set.of(
          "icmp-event",
          "misc-activity",
          "network-scan",
          "not-suspicious",
          "protocol-command-decode",
          "string-detect",
          "tcp-connection",
          "unknown");

  private final Set<String> tags = new TreeSet<>();
  private String sid;
  private String name;
  private String version = "";
  private Severity ofClass = Severity.MEDIUM;
  private Severity ofPriority;
  private Severity ofMetadata;

  /** Takes in an option that only describes; false where it is none. */
  boolean take(SuricataOption option) {
    switch (option.name()) {
      case "msg" -> name = option.text();
      case "sid" -> sid = digits(option);
      case "rev" -> version = digits(option);
      case "classtype" -> ofClass = ofClass(option.value());
      case "priority" -> ofPriority = ofPriority(option.number());
      case "reference" -> reference(option.text());
      case "metadata" -> List.of(option.text().split(",", -1)).forEach(this::metadata);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String digits(SuricataOption option) {
    if (!option.value().matches("\\d{1,18}")) {
      throw option.refusal("expected a number");
    }
    return option.value();
  }

  private static Severity ofClass(String name) {
    return SEVERE_CLASSES.contains(name)
        ? Severity.HIGH
        : MILD_CLASSES.contains(name) ? Severity.LOW : Severity.MEDIUM;
  }

  private static Severity ofPriority(int priority) {
    return switch (priority) {
      case 1 -> Severity.HIGH;
      case 2 -> Severity.MEDIUM;
      case 3 -> Severity.LOW;
      default -> Severity.INFORMATIONAL;
    };
  }

  private void reference(String reference) {
    String[] parts = reference.split(",", 2);
    String number = parts.length < 2 ? "" : parts[1].strip().toUpperCase(Locale.ROOT);
    if (parts[0].strip().equals("cve") && number.matches("(?:CVE-)?\\d{4}-\\d{4,7}")) {
      tags.add(number.startsWith("CVE-") ? number : "CVE-" + number);
    }
  }

  private void metadata(String pair) {
    String[] parts = pair.strip().split("\\s+", 2);
    String value = parts.length < 2 ? "" : parts[1].strip();
    switch (parts[0]) {
      case "mitre_technique_id" -> {
        if (value.matches("T\\d{4}(?:\\.\\d{3})?")) {
          tags.add(value);
        }
      }
      case "signature_severity" ->
          ofMetadata =
              switch (value) {
                case "Informational", "Audit" -> Severity.INFORMATIONAL;
                case "Minor" -> Severity.LOW;
                case "Major" -> Severity.HIGH;
                case "Critical" -> Severity.CRITICAL;
                default -> null;
              };
      default -> {}
    }
  }

  /**
   * @throws ImportRefusedException if there is no number
   */
  String id() {
    if (sid == null) {
      throw new ImportRefusedException("sid is missing");
    }
    return "suricata." + sid;
  }

  String name() {
    return name == null || name.isBlank() ? id() : name;
  }

  String version() {
    return version;
  }

  /** What the author says of this rule goes before what its class is worth. */
  Severity severity() {
    return ofMetadata != null ? ofMetadata : ofPriority != null ? ofPriority : ofClass;
  }

  List<String> tags() {
    return List.copyOf(tags);
  }
}
