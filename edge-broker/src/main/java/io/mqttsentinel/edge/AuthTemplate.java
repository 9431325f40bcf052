package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A text with places for what is known of a client: {@code {clientid}} or {@code ${clientid}}. What
 * is filled in is escaped for where the text goes, so that no name can change a request.
 */
final class AuthTemplate {

  /** Where the text goes. */
  enum Place {
    /** One segment of a path: RFC 3986, 3.3. */
    PATH,
    /** A query, or a form. */
    QUERY,
    /** Visible ASCII but the percent sign stays, all else is percent-encoded. */
    HEADER,
    /** Nothing is escaped: an encoder follows. */
    TEXT
  }

  private enum Name {
    CLIENTID,
    USERNAME,
    PASSWORD,
    PEERHOST,
    CERT_COMMON_NAME,
    CERT_SUBJECT;

    /** Null where it is not known. */
    @Nullable
    String of(ConnectAttempt attempt) {
      ClientCertificate certificate = attempt.certificate();
      return switch (this) {
        case CLIENTID -> attempt.clientId();
        case USERNAME -> attempt.username();
        case PASSWORD -> attempt.password() == null ? null : attempt.password().text().orElse(null);
        case PEERHOST -> attempt.peerHost();
        case CERT_COMMON_NAME -> certificate == null ? null : certificate.commonName();
        case CERT_SUBJECT -> certificate == null ? null : certificate.subject();
      };
    }
  }

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$?\\{([a-z_]*)}");
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private final List<Function<ConnectAttempt, String>> parts;

  private AuthTemplate(List<Function<ConnectAttempt, String>> parts) {
    this.parts = parts;
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException naming a placeholder that does not exist
   */
  static AuthTemplate of(String text, Place place) {
    List<Function<ConnectAttempt, String>> parts = new ArrayList<>();
    Matcher found = PLACEHOLDER.matcher(text);
    int end = 0;
    while (found.find()) {
      String before = text.substring(end, found.start());
      parts.add(attempt -> before);
      Name name = name(found.group(1));
      parts.add(attempt -> escape(Objects.requireNonNullElse(name.of(attempt), ""), place));
      end = found.end();
    }
    String rest = text.substring(end);
    parts.add(attempt -> rest);
    return new AuthTemplate(List.copyOf(parts));
  }

  /**
   * Fills in what is known; what is not known is empty.
   *
   * @throws IllegalArgumentException if a name cannot be put into a path at all
   */
  String fill(ConnectAttempt attempt) {
    return parts.stream().map(part -> part.apply(attempt)).collect(Collectors.joining());
  }

  private static Name name(String text) {
    return Stream.of(Name.values())
        .filter(name -> name.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "{%s} does not exist, expected one of clientid, username, password, peerhost,"
                            .formatted(text)
                        + " cert_common_name, cert_subject"));
  }

  static String escape(String value, Place place) {
    return switch (place) {
      case TEXT -> value;
      case HEADER -> percent(value, c -> c > ' ' && c < 0x7f && c != '%');
      case QUERY -> percent(value, c -> UNRESERVED.indexOf(c) >= 0);
      case PATH -> {
        if (value.equals(".") || value.equals("..")) {
          // Encoded or not, a server may take it for a step in the path (RFC 3986, 6.2.2.3).
          throw new IllegalArgumentException("a name is a step in a path");
        }
        yield percent(value, c -> UNRESERVED.indexOf(c) >= 0);
      }
    };
  }

  private static String percent(String value, java.util.function.IntPredicate stays) {
    StringBuilder escaped = new StringBuilder(value.length() + 8);
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      int c = Byte.toUnsignedInt(b);
      if (stays.test(c)) {
        escaped.append((char) c);
      } else {
        escaped.append("%%%02X".formatted(c));
      }
    }
    return escaped.toString();
  }
}
