package io.mqttsentinel.pattern;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Contents of a topic that a topic filter says as well. */
final class SuricataTopic {

  private SuricataTopic() {}

  /**
   * @throws ImportRefusedException unless it is one topic or all topics below one
   */
  static String filter(List<SuricataContent> contents) {
    if (contents.size() == 1) {
      SuricataContent only = contents.getFirst();
      only.check();
      boolean begins = SuricataContent.Gap.NONE.equals(only.gap()) && only.bytes() != null;
      boolean exact = only.fragment().letters() != Fragment.Letters.ANY_CASE;
      if (begins && exact && !only.isNegated()) {
        String topic = decoded(only.bytes());
        boolean whole = only.fragment().last();
        if (topic.chars().noneMatch(c -> c == '+' || c == '#' || c < ' ')
            && (whole || topic.endsWith("/"))) {
          return whole ? topic : topic + "+/#";
        }
      }
    }
    throw new ImportRefusedException(
        "topic and message: the topic is not one with startswith and endswith, or 'a/' with"
            + " startswith");
  }

  private static String decoded(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ImportRefusedException("topic is no UTF-8");
    }
  }
}
