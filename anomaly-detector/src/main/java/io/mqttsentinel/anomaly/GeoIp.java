package io.mqttsentinel.anomaly;

import com.maxmind.db.CHMCache;
import com.maxmind.db.Reader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Country and autonomous system of an address, from files in MaxMind's format. The names of the
 * fields are those of MaxMind's, DB-IP's and ip-location-db's files. Without files nothing is
 * known.
 */
final class GeoIp implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GeoIp.class);

  private final List<Reader> readers;

  private GeoIp(List<Reader> readers) {
    this.readers = readers;
  }

  /**
   * @throws IllegalArgumentException if a file cannot be read
   */
  static GeoIp open(List<String> files) {
    List<Reader> readers = new ArrayList<>();
    for (String file : files) {
      try {
        readers.add(new Reader(new File(file), new CHMCache()));
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "configuration sentinel.anomaly-detector.geoip-files is '%s', expected files in MaxMind's DB format (%s)"
                .formatted(file, e.getMessage()));
      }
    }
    return new GeoIp(readers);
  }

  Origin locate(int network, InetAddress address) {
    String country = null;
    long asn = 0;
    for (Reader reader : readers) {
      Map<?, ?> record = read(reader, address);
      country = country == null ? country(record) : country;
      asn =
          asn == 0 && record.get("autonomous_system_number") instanceof Number n
              ? n.longValue()
              : asn;
    }
    return new Origin(network, country, asn);
  }

  private static Map<?, ?> read(Reader reader, InetAddress address) {
    try {
      Map<?, ?> record = reader.get(address, Map.class);
      return record == null ? Map.of() : record;
    } catch (IOException e) {
      LOG.warn("Could not look up an address in a GeoIP file", e);
      return Map.of();
    }
  }

  private static String country(Map<?, ?> record) {
    if (record.get("country_code") instanceof String code) {
      return code;
    }
    return record.get("country") instanceof Map<?, ?> country
            && country.get("iso_code") instanceof String code
        ? code
        : null;
  }

  @Override
  public void close() {
    for (Reader reader : readers) {
      try {
        reader.close();
      } catch (IOException e) {
        LOG.warn("Could not close a GeoIP file", e);
      }
    }
  }
}
