"""What most news is about, in twelve languages: sentences from which pages off topic are made."""

SENTENCES = {
    "en": "Rain is expected along the coast until Sunday, with a fresh wind and mild nights in the hills. "
    "The council voted for a new library after a long debate about the budget, while residents asked "
    "for more trees and slower traffic near the school. Prices for bread and butter rose again last "
    "month, according to the statistics office.",
    "de": "Bis Sonntag regnet es an der Küste, dazu weht ein frischer Wind, die Nächte bleiben in den "
    "Bergen mild. Der Gemeinderat stimmte nach langer Debatte über den Haushalt für eine neue "
    "Bücherei, die Anwohner wünschen sich mehr Bäume und langsameren Verkehr vor der Schule. Brot "
    "und Butter wurden im vergangenen Monat wieder teurer.",
    "fr": "La pluie tombera sur la côte jusqu'à dimanche, avec un vent frais et des nuits douces sur les "
    "collines. Le conseil municipal a voté pour une nouvelle bibliothèque après un long débat sur le "
    "budget, les habitants demandent plus d'arbres et une circulation plus lente près de l'école. Le "
    "prix du pain a encore augmenté le mois dernier.",
    "es": "Se espera lluvia en la costa hasta el domingo, con viento fresco y noches suaves en las "
    "colinas. El ayuntamiento votó por una nueva biblioteca tras un largo debate sobre el "
    "presupuesto, y los vecinos piden más árboles y un tráfico más lento junto a la escuela. El pan "
    "y la mantequilla volvieron a subir el mes pasado.",
    "it": "Pioggia sulla costa fino a domenica, con vento fresco e notti miti sulle colline dell'interno. "
    "Il consiglio comunale ha votato per una nuova biblioteca dopo un lungo dibattito sul bilancio, "
    "i residenti chiedono più alberi e un traffico più lento vicino alla scuola. Il mese scorso pane "
    "e burro sono aumentati ancora.",
    "pl": "Do niedzieli na wybrzeżu będzie padać, powieje chłodny wiatr, a noce na wzgórzach będą łagodne. "
    "Rada miasta po długiej debacie o budżecie zagłosowała za nową biblioteką, a mieszkańcy proszą o "
    "więcej drzew i wolniejszy ruch przy szkole. Chleb i masło w ubiegłym miesiącu znowu podrożały, "
    "podał urząd statystyczny.",
    "uk": "До неділі на узбережжі йтиме дощ, віятиме свіжий вітер, а ночі на пагорбах будуть теплими. "
    "Міська рада після довгої суперечки про бюджет проголосувала за нову бібліотеку, а мешканці "
    "просять більше дерев і повільнішого руху біля школи. Хліб і масло минулого місяця знову "
    "подорожчали, повідомила служба статистики.",
    "ru": "До воскресенья на побережье ожидается дождь, подует свежий ветер, ночи на холмах будут тёплыми. "
    "Городской совет после долгих споров о бюджете проголосовал за новую библиотеку, а жители просят "
    "больше деревьев и более медленного движения у школы. Хлеб и масло в прошлом месяце снова "
    "подорожали, сообщила служба статистики.",
    "tr": "Kıyıda pazar gününe kadar yağmur bekleniyor; rüzgar serin esecek, tepelerde geceler ılık "
    "geçecek. Belediye meclisi bütçe üzerine uzun bir tartışmanın ardından yeni kütüphane için oy "
    "kullandı, sakinler okulun önünde daha çok ağaç ve daha yavaş trafik istiyor. Ekmek ve tereyağı "
    "geçen ay yeniden pahalandı.",
    "ar": "من المتوقع هطول الأمطار على الساحل حتى يوم الأحد مع رياح منعشة وليال معتدلة في التلال. صوت "
    "المجلس البلدي لصالح مكتبة جديدة بعد نقاش طويل حول الميزانية، ويطالب السكان بمزيد من الأشجار "
    "وبحركة مرور أبطأ قرب المدرسة. وارتفعت أسعار الخبز والزبدة مرة أخرى في الشهر الماضي وفقا لمكتب "
    "الإحصاء.",
    "hi": "रविवार तक तट पर बारिश होने की संभावना है, ताज़ी हवा चलेगी और पहाड़ियों में रातें सुहानी रहेंगी। "
    "नगर परिषद ने बजट पर लंबी बहस के बाद नए पुस्तकालय के पक्ष में मतदान किया, जबकि निवासी स्कूल के "
    "पास अधिक पेड़ और धीमा यातायात चाहते हैं। पिछले महीने रोटी और मक्खन के दाम फिर बढ़ गए।",
    "ja": "海岸では 日曜日まで 雨が降り、 涼しい風が吹き、 丘陵地帯の夜は 穏やかになる 見込みです。 "
    "市議会は 予算をめぐる 長い議論の末、 新しい図書館の 建設に 賛成しました。 住民は 学校の近くに "
    "もっと木を植え、 車の速度を 落とすよう 求めています。 先月は パンとバターの 値段が また "
    "上がりました。",
}
