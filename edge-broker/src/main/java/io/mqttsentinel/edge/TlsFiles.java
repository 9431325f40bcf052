package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The PEM files as they were read at one moment. */
final class TlsFiles {

  /** A file that cannot be used; the message names it and says why. */
  static final class Broken extends Exception {
    Broken(String path, String reason, @Nullable Throwable cause) {
      super("%s %s".formatted(path, reason), cause);
    }
  }

  private static final byte[] PROBE = {1, 2, 3, 5, 8, 13};

  private final TlsConfig config;
  private final Map<String, byte[]> contents = new LinkedHashMap<>();
  private final byte[] digest;

  private TlsFiles(TlsConfig config) throws Broken {
    this.config = config;
    MessageDigest sum = sha256();
    for (HostFiles host : all(config)) {
      read(host.certificate(), sum);
      read(host.key(), sum);
    }
    if (!config.clientCertificates().equals("none")) {
      read(config.clientAuthorities(), sum);
    }
    digest = sum.digest();
  }

  static TlsFiles read(TlsConfig config) throws Broken {
    return new TlsFiles(config);
  }

  boolean isSameAs(@Nullable TlsFiles other) {
    return other != null && MessageDigest.isEqual(digest, other.digest);
  }

  Map<String, HostCertificates.Identity> identities() throws Broken {
    Map<String, HostCertificates.Identity> identities = new LinkedHashMap<>();
    for (HostFiles host : all(config)) {
      X509Certificate[] chain = certificates(host.certificate());
      PrivateKey key = key(host.key());
      if (!belongTogether(chain[0].getPublicKey(), key)) {
        throw new Broken(host.key(), "is not the key of " + host.certificate(), null);
      }
      identities.put(host.pattern(), new HostCertificates.Identity(List.of(chain), key));
    }
    return identities;
  }

  /** Null where clients show no certificate. */
  X509Certificate @Nullable [] clientAuthorities() throws Broken {
    return config.clientCertificates().equals("none")
        ? null
        : certificates(config.clientAuthorities());
  }

  private X509Certificate[] certificates(String path) throws Broken {
    try {
      X509Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(contents.get(path)))
              .toArray(X509Certificate[]::new);
      if (chain.length == 0) {
        throw new Broken(path, "holds no certificate", null);
      }
      return chain;
    } catch (CertificateException e) {
      throw new Broken(path, "is no PEM file with certificates: " + e.getMessage(), e);
    }
  }

  private PrivateKey key(String path) throws Broken {
    try {
      PrivateKey key = LiveSslContext.privateKey(contents.get(path), config.keyPassword());
      if (key == null) {
        throw new Broken(path, "holds no private key", null);
      }
      return ofTheJdk(key);
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      // Its message could tell of the password or the key.
      throw new Broken(
          path, "is no PKCS #8 key in PEM, or sentinel.edge.tls.key-password is not its own", e);
    }
  }

  /** Netty reads keys by BouncyCastle where it can, whose EC keys the JDK's signatures refuse. */
  private static PrivateKey ofTheJdk(PrivateKey key) throws GeneralSecurityException {
    String algorithm = key.getAlgorithm().equals("ECDSA") ? "EC" : key.getAlgorithm();
    return KeyFactory.getInstance(algorithm)
        .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
  }

  /** Nobody else checks it before the first handshake. */
  private static boolean belongTogether(PublicKey certified, PrivateKey key) {
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
          };
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of different kinds
    }
  }

  private void read(String path, MessageDigest sum) throws Broken {
    try {
      byte[] bytes = Files.readAllBytes(Path.of(path));
      contents.put(path, bytes);
      sum.update(sha256().digest(bytes));
    } catch (IOException e) {
      throw new Broken(path, "cannot be read: " + e, e);
    }
  }

  private static List<HostFiles> all(TlsConfig config) {
    List<HostFiles> all = new ArrayList<>(config.hostFiles());
    all.addFirst(new HostFiles(HostFiles.DEFAULT, config.certificate(), config.key()));
    return all;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
