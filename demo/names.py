"""Names of made-up people: Korean with their romanisation, and a few from elsewhere."""

import random

FAMILY = (
    ("김", "Kim"), ("이", "Lee"), ("박", "Park"), ("최", "Choi"), ("정", "Jung"), ("강", "Kang"),
    ("조", "Cho"), ("윤", "Yoon"), ("장", "Jang"), ("임", "Lim"), ("한", "Han"), ("오", "Oh"),
    ("서", "Seo"), ("신", "Shin"), ("권", "Kwon"), ("황", "Hwang"), ("안", "Ahn"), ("송", "Song"),
    ("류", "Ryu"), ("홍", "Hong"), ("남궁", "Namgoong"), ("배", "Bae"), ("문", "Moon"),
)  # fmt: skip
COMMON = (12, 9, 7, 5, 5, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 2, 1, 2, 2)
GIVEN = (
    ("민준", "Minjun"), ("서연", "Seoyeon"), ("도윤", "Doyoon"), ("지우", "Jiwoo"),
    ("하준", "Hajun"), ("서윤", "Seoyoon"), ("지호", "Jiho"), ("민서", "Minseo"),
    ("현우", "Hyunwoo"), ("수빈", "Subin"), ("준혁", "Junhyuk"), ("지민", "Jimin"),
    ("승현", "Seunghyun"), ("예은", "Yeeun"), ("동현", "Donghyun"), ("유진", "Yujin"),
    ("재훈", "Jaehoon"), ("은지", "Eunji"), ("성민", "Sungmin"), ("소영", "Soyoung"),
    ("태영", "Taeyoung"), ("혜진", "Hyejin"), ("상우", "Sangwoo"), ("미경", "Mikyung"),
    ("영호", "Youngho"), ("정희", "Junghee"), ("기태", "Gitae"), ("나래", "Narae"),
    ("보람", "Boram"), ("찬영", "Chanyoung"), ("다은", "Daeun"), ("경수", "Kyungsoo"),
    ("은서", "Eunseo"), ("진호", "Jinho"), ("가영", "Gayoung"), ("석진", "Seokjin"),
    ("아름", "Areum"), ("명수", "Myungsoo"), ("선우", "Sunwoo"), ("채원", "Chaewon"),
)  # fmt: skip
FOREIGN = (
    "Emily Carter", "Daniel Weber", "Priya Nair", "Lucas Martin", "Hana Suzuki", "Olivia Brown",
    "Mateo García", "Linh Nguyen", "Thomas Keller", "Sara Lindqvist", "James Wilson", "Mei Chen",
)  # fmt: skip
GRADES = ("사원", "사원", "대리", "대리", "과장", "과장", "차장", "부장")


def korean(rng: random.Random, taken: set[str]) -> tuple[str, str]:
    """A name nobody has yet: (as displayed, romanised)."""
    while True:
        family = rng.choices(FAMILY, COMMON)[0]
        given = rng.choice(GIVEN)
        name = family[0] + given[0]
        if name not in taken:
            taken.add(name)
            return name, f"{given[1]} {family[1]}"
