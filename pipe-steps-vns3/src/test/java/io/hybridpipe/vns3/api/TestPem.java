// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

/** A certificate and its key, made for these tests alone; they are good for nothing else. */
final class TestPem {
    static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBdjCCARugAwIBAgIUbea6tzLUyKrxMAKVwe4GnKu1AZ8wCgYIKoZIzj0EAwIw
            DzENMAsGA1UEAwwEcm93czAgFw0yNjExMjExNTA4MzhaGA8yMTI2MTAyODE1MDgz
            OFowDzENMAsGA1UEAwwEcm93czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOpn
            gm+n9H8/vF6+L4pmUl4HY4Regt7opP8syNfSH87O0WIIsInbxs9dYcmK1ba2OAQ2
            Gigzqh6ULxdhyESh1DGjUzBRMB0GA1UdDgQWBBQIP+/PQ5gUYsLXaALxYNuIQljJ
            gzAfBgNVHSMEGDAWgBQIP+/PQ5gUYsLXaALxYNuIQljJgzAPBgNVHRMBAf8EBTAD
            AQH/MAoGCCqGSM49BAMCA0kAMEYCIQD8PBI3J4PrxVt7osEkTamnfs/A32CHuPSw
            4GiAPwYLuQIhAOKZ0NnRkUXz1zw0k4+QyrKTCwRVecKsyQtMdNYRApYl
            -----END CERTIFICATE-----
            """;
    static final String KEY = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgF9xbhwmoEB+1Wc/I
            pxJ0/WNEJTLBhChITG9cllWnyi+hRANCAATqZ4Jvp/R/P7xevi+KZlJeB2OEXoLe
            6KT/LMjX0h/OztFiCLCJ28bPXWHJitW2tjgENhooM6oelC8XYchEodQx
            -----END PRIVATE KEY-----
            """;
    static final String BODY = "{'cert':'" + escaped(CERTIFICATE) + "','key':'" + escaped(KEY) + "'}";

    private TestPem() {}

    private static String escaped(String text) {
        return text.replace("\n", "\\n");
    }
}
