package io.mqttsentinel.bridge;

import io.mqttsentinel.runtime.ConfigCheck;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whom the bridge trusts and what it shows of itself. */
final class OriginTls {

  private static final byte[] PEM = "-----BEGIN".getBytes(StandardCharsets.US_ASCII);

  private OriginTls() {}

  /**
   * The TLS settings, or null where the address needs none.
   *
   * @throws IllegalArgumentException naming the file that cannot be used
   */
  static SSLContext context(BridgeConfig config) {
    if (!config.address().transport().tls()) {
      return null;
    }
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(
          config.trustStore() == null
              ? null
              : read("trust-store", config.trustStore(), config.trustStorePassword()));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(config), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "TLS to %s cannot be set up: %s".formatted(config.address(), e.getMessage()), e);
    }
  }

  private static javax.net.ssl.KeyManager[] keys(BridgeConfig config)
      throws GeneralSecurityException {
    if (config.keyStore() == null) {
      return null;
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(
        read("key-store", config.keyStore(), config.keyStorePassword()),
        chars(config.keyStorePassword()));
    return keys.getKeyManagers();
  }

  private static KeyStore read(String key, String file, String password) {
    Path path = Path.of(file);
    ConfigCheck.require(
        Files.isReadable(path), "sentinel.bridge." + key, file, "a file that can be read");
    try {
      return isPem(path)
          ? certificates(path)
          : KeyStore.getInstance(new File(file), chars(password));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "configuration sentinel.bridge.%s is '%s', which cannot be read: %s"
              .formatted(key, file, e.getMessage()),
          e);
    }
  }

  private static boolean isPem(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return java.util.Arrays.equals(in.readNBytes(PEM.length), PEM);
    }
  }

  private static KeyStore certificates(Path path) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(path)) {
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("trusted-" + number++, certificate);
      }
    }
    return store;
  }

  private static char[] chars(String password) {
    return password == null ? null : password.toCharArray();
  }
}
