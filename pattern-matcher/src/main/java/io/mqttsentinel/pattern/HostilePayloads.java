package io.mqttsentinel.pattern;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Payloads made to cost as much as they can, for tests and benchmarks. */
final class HostilePayloads {

  /** What is repeated, by the name of the shape. */
  private static final Map<String, String> REPEATED = new LinkedHashMap<>();

  static {
    REPEATED.put("percent signs", "%");
    REPEATED.put("percent of percent", "%25");
    REPEATED.put("percent escapes", "%27%20or%20");
    REPEATED.put("unicode escapes", "\\u0027");
    REPEATED.put("backslashes", "\\");
    REPEATED.put("entities", "&#x27;");
    REPEATED.put("entity starts", "&#");
    REPEATED.put("named entities", "&lt;a ");
    REPEATED.put("single quotes", "'");
    REPEATED.put("double quotes", "\"");
    REPEATED.put("quote or", "' or ");
    REPEATED.put("quote comment", "'/*");
    REPEATED.put("quote and calls", "' and f((((");
    REPEATED.put("brackets", "[");
    REPEATED.put("braces", "{\"a\":");
    REPEATED.put("parentheses", "(");
    REPEATED.put("comments", "/**/");
    REPEATED.put("comments in words", "a/**/b");
    REPEATED.put("open comments", "/*");
    REPEATED.put("shell tricks", "a''b\\c^d$@");
    REPEATED.put("field separators", "${IFS}");
    REPEATED.put("hexadecimal", "3c7363726970743e");
    REPEATED.put("hexadecimal of nothing", "deadbeef");
    REPEATED.put("short base64", "PHNjcmlwdD5hbGVydCgxKQ== ");
    REPEATED.put("tags", "<a b='");
    REPEATED.put("tag starts", "<a ");
    REPEATED.put("scripts", "<script>");
    REPEATED.put("handlers", "<p onx=");
    REPEATED.put("union select", "union select ");
    REPEATED.put("select", "select a,");
    REPEATED.put("semicolons", ";cat ");
    REPEATED.put("dots", "../");
    REPEATED.put("templates", "{{7*");
    REPEATED.put("commands", "$(wget ");
    REPEATED.put("words", "alpha beta gamma ");
    REPEATED.put("full width", "\uff1c\uff53");
    REPEATED.put("line ends", "\n");
    REPEATED.put("zeros", "\0");
    REPEATED.put("wide text", "a\0");
  }

  /** What all attacks begin with. */
  private static final List<String> ALL_WORDS =
      List.of(
          "{{",
          "${jndi:",
          "<script",
          "union select ",
          "../",
          "' or ",
          "$(wget ",
          "<!ENTITY ",
          "\"$ne\":",
          ")(uid=*",
          "cmd.exe",
          "powershell ",
          "rO0AB",
          "file://",
          ";cat ",
          "etc/passwd");

  /** What is put together at random, by the name of the shape. */
  private static final Map<String, List<String>> MIXED = new LinkedHashMap<>();

  static {
    MIXED.put("mixed words", ALL_WORDS);
    MIXED.put(
        "mixed SQL",
        List.of("select ", "union ", "from ", "where ", "or ", "and ", "' ", "1=1 ", "(", ") "));
    MIXED.put(
        "mixed shell",
        List.of(";cat ", "| ", "wget ", "$(", "`", "&& ", "/etc/", "passwd ", "curl ", "sh -c "));
    MIXED.put(
        "mixed markup",
        List.of("<script", "<img ", "src=", "onerror=", "javascript:", "'>", "alert(", "<!--"));
    MIXED.put("mixed paths", List.of("..\\", "../", "windows\\", "etc/", "%5c", "..;/", "C:\\"));
    MIXED.put(
        "mixed encodings",
        List.of("%27", "\\u0027", "&#x27;", " PHNjcmlwdD4gJyBvciAxPTE= ", "\\x3c", "/**/", "+"));
    MIXED.put(
        "mixed comments", List.of("a/*", "*/b", "--", "#", "\n", "/*!", "<!--", "-->", "sel"));
    MIXED.put("mixed quotes", List.of("'", "\"", "`", "a", "b", "c", " ", "=", "or"));
    MIXED.put("mixed brackets", List.of("[", "{", "(", "<", "\"", "'", ":", ","));
    MIXED.put("mixed JSON strings", List.of("\"a'0\":", "\"v or x\",", "\"<b\",", "1,", "{", "},"));
    MIXED.put(
        "mixed characters",
        "'\"<>()=;|&$%{}[]\\/.,-+*#@!".chars().mapToObj(c -> "" + (char) c).toList());
  }

  private HostilePayloads() {}

  /** Each shape in about {@code size} bytes, by its name. */
  static Map<String, byte[]> all(int size) {
    Map<String, byte[]> payloads = new LinkedHashMap<>();
    REPEATED.forEach((name, unit) -> payloads.put(name, repeated(unit, size)));
    for (String unit : List.of("../", "' or ", "$(wget ", "{{7*", "<a b='", "union select ")) {
      payloads.put("numbered " + unit.strip(), numbered(unit, size));
    }
    payloads.put("excepted matches", numbered("\nu=$(whoami) ", size));
    payloads.put("a few excepted in a log", log("u=$(whoami)\n", size));
    for (Map.Entry<String, List<String>> words : MIXED.entrySet()) {
      payloads.put(words.getKey(), mixed(words.getValue(), size));
    }
    payloads.put(
        "mixed words in base64", Base64.getEncoder().encode(mixed(ALL_WORDS, size / 4 * 3)));
    payloads.put("mixed words in gzip", gzip(mixed(ALL_WORDS, size * 3)));
    payloads.put("mixed words in UTF-16", wide(mixed(ALL_WORDS, size / 2)));
    payloads.put("all of it percent encoded", percentEncoded(size));
    payloads.put("nested base64", nestedBase64(size));
    payloads.put("base64 of noise", Base64.getEncoder().encode(noise(size / 4 * 3)));
    payloads.put("noise", noise(size));
    payloads.put("gzip bomb", gzip(new byte[size * 1000]));
    payloads.put("gzip of markup", gzip(repeated("<a b=' or 1=1 union select ", size * 4)));
    payloads.put("json of encoded strings", json("%27\\u0020or\\u00201%3d", size));
    payloads.put("json of base64", json("JyBvciAxPTEgdW5pb24gc2VsZWN0", size));
    return payloads;
  }

  static byte[] repeated(String unit, int size) {
    byte[] bytes = unit.getBytes(StandardCharsets.UTF_8);
    byte[] text = new byte[size];
    for (int i = 0; i < size; i++) {
      text[i] = bytes[i % bytes.length];
    }
    return text;
  }

  /** Never quite the same twice. */
  private static byte[] numbered(String unit, int size) {
    StringBuilder text = new StringBuilder(size + 64);
    for (int i = 0; text.length() < size; i++) {
      text.append(unit).append(i);
    }
    return text.substring(0, size).getBytes(StandardCharsets.UTF_8);
  }

  /** A log with a line of another kind in each of a dozen places. */
  private static byte[] log(String line, int size) {
    StringBuilder text = new StringBuilder(size + 128);
    for (int i = 0, next = 0; text.length() < size; i++) {
      if (text.length() >= next) {
        text.append(line);
        next += size / 12;
      }
      text.append(
          "2026-03-01T12:00:%02d sensor %d: temp=%d, it's ok\n".formatted(i % 60, i, i % 40));
    }
    return text.substring(0, size).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] mixed(List<String> words, int size) {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder(size + 64);
    while (text.length() < size) {
      text.append(words.get(random.nextInt(words.size())));
      if (random.nextInt(3) == 0) {
        text.append((char) ('a' + random.nextInt(26)));
      }
    }
    return text.substring(0, size).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] wide(byte[] text) {
    return new String(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_16LE);
  }

  private static byte[] percentEncoded(int size) {
    StringBuilder text = new StringBuilder(size + 3);
    for (byte b : mixed(ALL_WORDS, size / 3)) {
      text.append("%%%02x".formatted(b));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] nestedBase64(int size) {
    byte[] text = "' or 1=1 -- ".getBytes(StandardCharsets.UTF_8);
    while (text.length < size) {
      text = Base64.getEncoder().encode(text);
    }
    return Arrays.copyOf(text, size);
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] json(String string, int size) {
    return ("{\"a\":[" + ("\"" + string + "\",").repeat(size / (string.length() + 3)) + "1]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
