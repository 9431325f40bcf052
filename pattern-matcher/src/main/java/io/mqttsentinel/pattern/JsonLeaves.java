package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks the values of a JSON text, or of several one behind the other, without a model of it. Of a
 * broken text come the values up to where it breaks.
 */
final class JsonLeaves {

  /** Receives one value after the other. */
  interface Sink {
    /**
     * @param place only lent
     * @param from the first byte of the value, of a string the one behind its quote
     * @param to behind the last byte of the value
     * @return false to see no more
     */
    boolean leaf(List<JsonStep> place, int from, int to);
  }

  static final int DEEPEST = 64;

  private final byte[] text;
  private final Sink sink;
  private final List<JsonStep> place = new ArrayList<>();
  private boolean tooDeep;
  private int at;

  private JsonLeaves(byte[] text, Sink sink) {
    this.text = text;
    this.sink = sink;
  }

  /** False where values nest too deep to be walked. */
  static boolean walk(byte[] text, Sink sink) {
    JsonLeaves leaves = new JsonLeaves(text, sink);
    while (leaves.value()) {
      // The next text, as in a file of lines.
    }
    return !leaves.tooDeep;
  }

  /** The text of a string value, its escapes undone. */
  static byte[] unescaped(byte[] text, int from, int to) {
    ByteBuilder out = new ByteBuilder();
    out.reset(to - from);
    Escapes.decode(text, from, to, out);
    return out.copy();
  }

  /** False where the text ends or breaks. */
  private boolean value() {
    skipSpace();
    tooDeep |= place.size() > DEEPEST;
    if (at >= text.length || tooDeep) {
      return false;
    }
    return switch (text[at]) {
      case '{' -> members();
      case '[' -> elements();
      case '"' -> string();
      default -> scalar();
    };
  }

  private boolean members() {
    at++;
    if (skipTo('}')) {
      return true;
    }
    while (at < text.length && text[at] == '"') {
      int from = at + 1;
      int to = stringEnd();
      if (to < 0) {
        return false;
      }
      place.add(JsonStep.name(new String(unescaped(text, from, to), StandardCharsets.UTF_8)));
      skipSpace();
      if (at >= text.length || text[at++] != ':' || !value()) {
        return false;
      }
      place.removeLast();
      if (skipTo('}')) {
        return true;
      }
      if (!comma()) {
        return false;
      }
    }
    return false;
  }

  private boolean elements() {
    at++;
    if (skipTo(']')) {
      return true;
    }
    for (int index = 0; ; index++) {
      place.add(JsonStep.index(index));
      if (!value()) {
        return false;
      }
      place.removeLast();
      if (skipTo(']')) {
        return true;
      }
      if (!comma()) {
        return false;
      }
    }
  }

  private boolean string() {
    int from = at + 1;
    int to = stringEnd();
    if (to < 0) {
      return false;
    }
    return sink.leaf(place, from, to);
  }

  private boolean scalar() {
    int from = at;
    while (at < text.length && ",]} \t\r\n".indexOf(text[at]) < 0) {
      at++;
    }
    return at > from && sink.leaf(place, from, at);
  }

  /** Moves behind the string that begins here; returns where its content ends, or -1. */
  private int stringEnd() {
    for (int i = at + 1; i < text.length; i++) {
      if (text[i] == '\\') {
        i++;
      } else if (text[i] == '"') {
        at = i + 1;
        return i;
      }
    }
    return -1;
  }

  private boolean comma() {
    if (at >= text.length || text[at] != ',') {
      return false;
    }
    at++;
    skipSpace();
    return true;
  }

  private boolean skipTo(char end) {
    skipSpace();
    if (at < text.length && text[at] == end) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length && text[at] >= 0 && text[at] <= ' ') {
      at++;
    }
  }
}
