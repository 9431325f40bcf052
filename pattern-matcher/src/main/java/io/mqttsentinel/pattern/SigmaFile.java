package io.mqttsentinel.pattern;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.YAMLException;

/** Takes a file of Sigma rules apart: YAML documents, each of them a rule. */
final class SigmaFile {

  private static final String MARK = "---";

  private SigmaFile() {}

  /**
   * All rules; a document that cannot be read is one that is left out.
   *
   * @throws CharacterCodingException if it is no UTF-8
   */
  static List<ImportCandidate> read(byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    if (text.startsWith("\ufeff")) {
      text = text.substring(1);
    }
    List<ImportCandidate> rules = new ArrayList<>();
    StringBuilder document = new StringBuilder();
    int begin = 1;
    int number = 0;
    for (String line : text.split("\r\n|\n|\r", -1)) {
      number++;
      // A line that begins so parts documents wherever it stands.
      if (line.equals(MARK) || line.startsWith(MARK + " ")) {
        add(begin, document.toString(), rules);
        document.setLength(0);
        document.append(line.substring(MARK.length())).append('\n');
        begin = number;
      } else {
        document.append(line).append('\n');
      }
    }
    add(begin, document.toString(), rules);
    return rules;
  }

  private static void add(int line, String document, List<ImportCandidate> rules) {
    Object value;
    try {
      value = RuleFile.yaml().load(document);
    } catch (YAMLException | IllegalArgumentException e) { // the second for tags such as !!int
      String reason = "is not YAML: " + ImportedRule.shown(e.getMessage());
      rules.add(
          new ImportCandidate(
              line,
              "",
              () -> {
                throw new ImportRefusedException(reason);
              }));
      return;
    }
    if (value != null) {
      String title =
          value instanceof Map<?, ?> map && map.get("title") instanceof String named ? named : "";
      rules.add(
          new ImportCandidate(
              line,
              title.isEmpty() ? "" : "'" + title + "'",
              () -> SigmaRule.of(value).translated()));
    }
  }
}
