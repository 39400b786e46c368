import Decode
import Foundation

/// Small pictures of every kind: a pattern of ours, encoded by Pillow 13.0.0.
struct Fixture: Sendable, CustomStringConvertible {
    let name: String
    let format: ImageFormat
    let width: Int
    let height: Int
    /// Mean of all samples, as Pillow decodes it, transparency on white.
    let mean: Double
    let bytes: [UInt8]

    var description: String { name }

    private init(
        _ name: String, _ format: ImageFormat, _ width: Int, _ height: Int, _ mean: Double, _ text: String
    ) {
        self.name = name
        self.format = format
        self.width = width
        self.height = height
        self.mean = mean
        bytes = [UInt8](Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data())
    }

    static let all = [
        baselineJPEG, progressiveJPEG, greyJPEG, cmykJPEG, lossyWebP, losslessWebP, animatedWebP,
        palettePNG, alphaPNG, clearGIF, animatedGIF,
    ]

    static let baselineJPEG = Fixture(
        "baselineJPEG", .jpeg, 53, 41, 124.1318,
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAx
        NDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIy
        MjIyMjIyMjL/wAARCAApADUDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF
        BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW
        V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi
        4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC
        AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm
        Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq
        8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDu7K9TjkVsxXqY615TZa5wPmrZi1z5fvV8RTyeV9j1sBlM+Q72W9THUVk3V6nPIrmJdc4+
        9WVda51+avqMuyeV1oefm+Uz5WdLNepk8iolvowclgAK4ifXOfvVnXfiMoBErct157V9dPBrBYWVefT8X0R+b18nnKrY9CfVFmcn
        d8o4UUV57Brnyfeor80r5dVxFWVWpq5O7PbpZRJQSSMyyuZOOTWzFcyY6mobLSXwPlrYi0l8fdr7SnGnc/bsBXpchmy3L46msq6u
        X55rp5dJbH3ayrrSW5+Wvp8ujTujzs3r0eVnJ3V60SM7E4FYP2yWSUux5JzXQ6rp7vL5QHyr1+tZ6aS277tefnWY08VXVCHww/F9
        fu2+8+CnOlGd31EguX2daK0odJbZ92ivNUaZ6MK9LlR7dZaEMD5a2YtCGPu1dsugrYi6V85TrzuZ4DHVeTc5qXQhj7tYeqaSsERI
        X5jwv+Negy9K5vW/+Wf4/wBK9PE5hWw2BqVabtJW/FpfqcWZ4ypLRs80n0IZPy1EmhDd92urn6moU+9XzmCrzsfC4rHVfabmXBoQ
        2fd/Siumg+5RXqqvM64Y6ryrU//Z
        """)

    static let progressiveJPEG = Fixture(
        "progressiveJPEG", .jpeg, 53, 41, 123.9673,
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO
        UlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P
        T09PT09PT0//wgARCAApADUDASIAAhEBAxEB/8QAGgAAAwEBAQEAAAAAAAAAAAAAAwQFAAIBBv/EABkBAAMAAwAAAAAAAAAAAAAA
        AAMEBQECBv/aAAwDAQACEAMQAAABpHisTT0gpgdE5zOE/IqaXo7AWOT0OjEB0DokVmhCl7GwTfRHIwphNeooYcfx3lSYHOY2/wD/
        xAAbEAEAAgMBAQAAAAAAAAAAAAAAAQIDERITEP/aAAgBAQABBQKtnTpNk2dO9q5Ho9E5E5FsqMisttplNm0SrRw4TRerhFFcbzea
        9NJxvNGNX7kT8h//xAAZEQADAQEBAAAAAAAAAAAAAAAAAQMRAiH/2gAIAQMBAT8BlB4XgzqD0UPCXSwv0htaLpEqPC1Gd0eioz//
        xAAdEQADAQACAwEAAAAAAAAAAAAAAQIDERIEEyEx/9oACAECAQE/AVgZYDj1x2ZWTp8sXBlweRqrrqvxHwVMvWozbRnTOzP/xAAU
        EAEAAAAAAAAAAAAAAAAAAABQ/9oACAEBAAY/Aiv/xAAaEAEBAQEBAQEAAAAAAAAAAAABABEQITFB/9oACAEBAAE/IQgSIoIEhcCP
        UYeXhJClz2RttdlySFKmmXIUmcCMwcCeHBN+eC+L/9oADAMBAAIAAwAAABBqRjGdH3BiCTP/xAAYEQADAQEAAAAAAAAAAAAAAAAA
        AREQIf/aAAgBAwEBPxACQekekWFKI0Q4zPMaM//EABwRAAMAAQUAAAAAAAAAAAAAAAABERAhMUHR8f/aAAgBAgEBPxB9HiWcA/77
        FsU+8ghsGF69uEGD/8QAHhAAAgMAAgMBAAAAAAAAAAAAAAERITFBURBhccH/2gAIAQEAAT8QoWRNImncJGiVtoYHNLDOyvSvT3lu
        kKLt6dopWRtImncHOZuETrO2zkClRGwjYdYhNUt+krDhBNULjBcYLa4t0hM4JnBPA4mTJ+ho14P/2Q==
        """)

    static let greyJPEG = Fixture(
        "greyJPEG", .jpeg, 20, 12, 188.2250,
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO
        UlNSMj5aYVpQYEpRUk//wAALCAAMABQBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF
        BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW
        V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi
        4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AOkt7heOavpcLjrTjcLnrXIW88nHNX0nkx1pxnkz1r//2Q==
        """)

    static let cmykJPEG = Fixture(
        "cmykJPEG", .jpeg, 20, 12, 158.4403,
        """
        /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJT
        UjI+WmFaUGBKUVJP/8AAFAgADAAUBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIB
        AwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZH
        SElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV
        1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwDa0botd59vT1FcDaxdOK9Orqbf7lH29PUVs2sXTiimyffo
        +3p6itWOL5BxRXMaN0WuK+2T/wB6uetVHFFdTb/co+2T/wB6tm1UcUU2T79H2yf+9WpGo2Civ//Z
        """)

    static let lossyWebP = Fixture(
        "lossyWebP", .webp, 20, 12, 159.0958,
        """
        UklGRloAAABXRUJQVlA4IE4AAACwAwCdASoUAAwAPtFUpEuoJKOhsAgBABoJbACdMoRwACm7zCDUAAD+x/zpwtl8zpo//ynO9cfI
        p2AV33Peg+dgtX3w0/mDAAXaKTJwAAA=
        """)

    static let losslessWebP = Fixture(
        "losslessWebP", .webp, 20, 12, 204.0722,
        """
        UklGRqQAAABXRUJQVlA4TJcAAAAvE8ACEM2VIaL/sSt4FLz/oXDcSJIihf/GHjO9ZnZdyFsxjCRJybw77gRL3I6AJA0JkZm2bVMG
        sHPpBNwPp6zk/aWJE8YtZvSoYZtvnm3O/ejBYpLyA+pLW/SnKQof9aKWbBxVDDm502YEyTSmuFETGpEWXqgRh5qWnmgDCQNg8ZGq
        KLLS8gMF2nS09kBLxESrd/TATqsRAA==
        """)

    static let animatedWebP = Fixture(
        "animatedWebP", .webp, 20, 12, 204.8319,
        """
        UklGRs4BAABXRUJQVlA4WAoAAAASAAAAEwAACwAAQU5JTQYAAAAAAAAAAABBTk1GzAAAAAAAAAAAABMAAAsAAAAAAAJBTFBIXAAA
        AAFfQCZtGxKwd2lExJ6IDoMAkKSQQgoprLDCCiussMIKi0b0PwAAAACSJElSkiRJsm3btiMiIiIiMjMzMzOrqqqqqrq7u7u7Z2Zm
        ZmZ2d3d3d+/u7u7u/v////8BVlA4IFAAAACQAwCdASoUAAwAPu1krU2ppaSiMAgBMB2JbACdMoR4PoAHXboAAP7l3M79+R9UvhU8
        Xmq8Jt//Fx9voVAqZ1pa3hia9yemriyzRv1cpMnAAEFOTUbOAAAAAAAAAAAAEwAACwAAAAAAAkFMUEhcAAAAAV9AJm0bErB3aUTE
        nogOgwCQpJBCCimssMIKK6ywwgqLRvQ//v/////v7u7u7nZ3d3d3Z2ZmZma6u7u7u6uqqqqqMjMzMzMjIiIiImzbtm1JkiSJJEmS
        BAAAAABWUDggUgAAAPACAJ0BKhQADAAutXa7XaOpqamJgLRLYATpdKwMv+GAAP7u+iF/bP8lFm/6rdTNkq11iCM/lxRO4vh/Cf+4
        Hx+2NHAA/Hmxu9y6pKxoMAGAAAA=
        """)

    static let palettePNG = Fixture(
        "palettePNG", .png, 20, 12, 159.7583,
        """
        iVBORw0KGgoAAAANSUhEUgAAABQAAAAMBAMAAACQIoDIAAAAFVBMVEXv80vv2FXI5yeT5xHvsF6wsCzTh093E6hjAAAASUlEQVR4
        nF3MsQ2AMBAEwXnLBdgdWK4A6dunFlqAChCBBQHRTbC6SCcHFLh99GOva6NRIfoKyuYC1ZB7QpnI7yHGy2hlrlbDxAMmFgaT45/i
        ZQAAAABJRU5ErkJggg==
        """)

    static let alphaPNG = Fixture(
        "alphaPNG", .png, 20, 12, 204.0722,
        """
        iVBORw0KGgoAAAANSUhEUgAAABQAAAAMCAYAAABiDJ37AAAAYUlEQVR4nK2TQQ5EUBQES97vyPjscN258WSIEILYfDfoRW0r1Yuu
        vhu5Q7y0hYxoEB9EXRAiIQJB4UachR2RuKOHwEXiitErPGLwCjd34eouXNzC2T15chf+/ULz5J/3KQ9M+BR4KNZ+uwAAAABJRU5E
        rkJggg==
        """)

    static let clearGIF = Fixture(
        "clearGIF", .gif, 20, 12, 163.1486,
        """
        R0lGODdhFAAMAIMAAPDiVuyXXu63W/H0UuD0L6X0EqXiG9njM+x+X6W3JaWYK/DNWqV+MKXNIdC5OAAAACwAAAAAFAAMAAAIcgAB
        FBg4kIDBgwQGKFw4QCDBAggPMlzokGDEhBMVAjDAkeOBjx8BiBxJsqNHkAdIqtxoEuVKlQ1ixiS5oKbNmwAS6NTpoKeAn0CDCsi5
        M4FPoUgBKFi6VGSAp1CjPlXKVAEAqVinMti6FQCCr2DDfgUQEAA7
        """)

    static let animatedGIF = Fixture(
        "animatedGIF", .gif, 20, 12, 159.9819,
        """
        R0lGODdhFAAMAIIAAPDyWO7zPO/YVcjnJ5PnEe+wXrCwLNOHTywAAAAAFAAMAAAIXgAJCCQwoGDBAAgTAli4cCBBgwMSKmQIwCFE
        iQgpNhx4UaLGjQIhRkQooKTJkhYhnlyJUqABAwZZsnT5smbJAjhz6qzJ04DOnzl7vjxwAOjPnkSTEjVagKfSp1APBAQAIfkEAQAA
        CAAsAAAAABQADACC8PJY7vM879hVyOcnk+cR77BesLAs04dPCGAADwgcSLDgAQMIDRRYyHChwYMJFTacWEBgxIQUKV7EmHGhAAEb
        CRD4SLIkgpMDUiIUObIkyZMIUspk2dKlgAA4ZaakCaCnTwA4g+rk+RNo0JwzWRY9ijSpyKVMdQ6gGRAAOw==
        """)
}
