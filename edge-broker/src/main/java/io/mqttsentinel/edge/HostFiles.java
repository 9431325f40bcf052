package io.mqttsentinel.edge;

import io.mqttsentinel.runtime.ConfigCheck;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the certificate for a host name lies.
 *
 * @param pattern a host name, or {@code *.} and the rest of one
 */
record HostFiles(String pattern, String certificate, String key) {

  /** What the certificate is called that clients get who name no known host. */
  static final String DEFAULT = "default";

  private static final Pattern ENTRY =
      Pattern.compile("((?:\\*\\.)?[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*)=([^;]+);([^;]+)");

  static HostFiles parse(String entry) {
    Matcher parts = ENTRY.matcher(entry.strip());
    ConfigCheck.require(
        parts.matches(),
        "sentinel.edge.tls.hosts",
        entry,
        "host.example.com=certificate.pem;key.pem or *.example.com=certificate.pem;key.pem");
    return new HostFiles(
        parts.group(1).toLowerCase(Locale.ROOT), parts.group(2).strip(), parts.group(3).strip());
  }
}
